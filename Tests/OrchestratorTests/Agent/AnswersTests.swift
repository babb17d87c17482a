import Testing

@testable import Orchestrator

/// Questions that wait for an answer from outside.
@Suite(.timeLimit(.minutes(1))) struct AnswersTests {
    private let answers = Answers<Int>()

    @Test func anAnswerBeforeAnybodyWaitsIsKept() async {
        answers.open("q")
        #expect(answers.answer("q", with: 7))
        #expect(await answers.wait(for: "q") == 7)
        // It is used up.
        #expect(await answers.wait(for: "q") == nil)
        #expect(!answers.answer("q", with: 8))
    }

    @Test func anAnswerWakesWhoWaits() async {
        answers.open("q")
        async let answer = answers.wait(for: "q")
        await Task.yield()
        #expect(answers.answer("q", with: 7))
        #expect(await answer == 7)
        #expect(!answers.answer("q", with: 8))
    }

    @Test func onlyTheFirstAnswerCounts() async {
        answers.open("q")
        #expect(answers.answer("q", with: 1))
        #expect(!answers.answer("q", with: 2))
        #expect(await answers.wait(for: "q") == 1)
    }

    @Test func openingAgainLosesNothing() async {
        answers.open("q")
        answers.answer("q", with: 1)
        answers.open("q")
        #expect(await answers.wait(for: "q") == 1)
    }

    @Test func aQuestionThatIsNotOpenTakesNoAnswer() async {
        #expect(!answers.answer("q", with: 1))
        #expect(await answers.wait(for: "q") == nil)
    }

    @Test func questionsAreKeptApart() async {
        answers.open("a")
        answers.open("b")
        async let b = answers.wait(for: "b")
        #expect(answers.answer("a", with: 1))
        #expect(answers.answer("b", with: 2))
        #expect(await answers.wait(for: "a") == 1)
        #expect(await b == 2)
    }

    @Test func closingWakesWhoWaits() async {
        answers.open("q")
        async let answer = answers.wait(for: "q")
        await Task.yield()
        answers.close("q")
        #expect(await answer == nil)
        #expect(!answers.answer("q", with: 1))
    }

    @Test func closingBeforeAnybodyWaits() async {
        answers.open("q")
        answers.close("q")
        #expect(await answers.wait(for: "q") == nil)
        answers.open("r")
        answers.answer("r", with: 1)
        answers.close("r")
        #expect(await answers.wait(for: "r") == nil)
    }

    @Test func cancellingEndsTheWait() async {
        answers.open("q")
        let waiting = Task { [answers] in await answers.wait(for: "q") }
        await Task.yield()
        waiting.cancel()
        #expect(await waiting.value == nil)
        #expect(!answers.answer("q", with: 1))
    }

    @Test func whoIsCancelledAlreadyDoesNotWait() async {
        answers.open("q")
        let waiting = Task { [answers] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await answers.wait(for: "q")
        }
        #expect(await waiting.value == nil)
        #expect(!answers.answer("q", with: 1))
    }

    /// Whoever comes first: each question ends exactly once, and an answer that was taken arrives unless the waiter is cancelled.
    @Test func answersAndCancellationsAtOnce() async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask { [answers] in
                    let id = "q\(number)"
                    answers.open(id)
                    let waiting = Task { await answers.wait(for: id) }
                    async let taken = answers.answer(id, with: number)
                    if number.isMultiple(of: 2) { waiting.cancel() }
                    let wasTaken = await taken
                    let answer = await waiting.value
                    if number.isMultiple(of: 2) {
                        #expect(answer == nil || (wasTaken && answer == number))
                    } else {
                        #expect(wasTaken)
                        #expect(answer == number)
                    }
                }
            }
        }
    }
}
