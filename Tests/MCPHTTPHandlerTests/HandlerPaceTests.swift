import MCPCore
import Testing

@testable import MCPHTTP

/// Which handlers are known to end at once.
struct HandlerPaceTests {
    private static let limit = Duration.microseconds(100)

    private static func record(quickRuns: Int = 0) -> HandlerPace.Record {
        let record = HandlerPace.Record(limit: limit)
        for _ in 0..<quickRuns { record.note(limit) }
        return record
    }

    @Test func aHandlerHasToShowThatItEndsAtOnce() {
        let record = Self.record(quickRuns: 31)
        #expect(!record.isQuick)
        record.note(Self.limit)
        #expect(record.isQuick)
    }

    @Test func oneSlowRunDoesNoHarmAndTwoDo() {
        let record = Self.record(quickRuns: 200)
        record.note(Self.limit + .nanoseconds(1))
        #expect(record.isQuick)
        record.note(Self.limit + .nanoseconds(1))
        #expect(!record.isQuick)
        for _ in 0..<17 { record.note(.zero) }
        #expect(record.isQuick)
    }

    @Test(arguments: [(every: 20, isQuick: false), (every: 50, isQuick: true)])
    func itMattersHowOftenAHandlerIsSlow(every: Int, isQuick: Bool) {
        let record = Self.record(quickRuns: 200)
        for run in 1...10_000 { record.note(run.isMultiple(of: every) ? .milliseconds(1) : .zero) }
        // Just before the next slow one.
        for _ in 1..<every { record.note(.zero) }
        #expect(record.isQuick == isQuick)
    }

    @Test func aRunThatTookLongIsRememberedForLongAndEachForLonger() {
        let record = Self.record(quickRuns: 200)
        func runsUntilQuick() -> Int {
            record.note(.milliseconds(200))
            var runs = 0
            while !record.isQuick {
                record.note(.zero)
                runs += 1
            }
            return runs
        }
        let runs = (0..<4).map { _ in runsUntilQuick() }
        #expect(runs[0] == 993)
        for (one, next) in zip(runs, runs.dropFirst()) { #expect(next > one + one / 2) }
        // Where it has worn off each time, the way back is shorter again.
        for _ in 0..<10 {
            for _ in 0..<100 { record.note(.zero) }
            _ = runsUntilQuick()
        }
        for _ in 0..<100 { record.note(.zero) }
        #expect(runsUntilQuick() < runs[3])
    }

    /// Else a stranger could teach it by calls that are refused.
    @Test func onlyRunsThatHaveSucceededCount() {
        let record = Self.record(quickRuns: 31)
        let (failed, began) = (JSONRPCError(.invalidParams, "no"), ContinuousClock.Instant.now)
        let refusals: [JSONRPCResponse] = [
            JSONRPCResponse(id: 1, failed), JSONRPCResponse(id: 1, result: .success(["isError": true])),
            JSONRPCResponse(id: 1, result: .success(["resultType": "input_required"])),
        ]
        let patient = HandlerPace.Record(limit: .seconds(60))
        for _ in 0..<100 { for refusal in refusals { patient.note(since: began, refusal) } }
        #expect(!patient.isQuick)
        for _ in 0..<32 { patient.note(since: began, JSONRPCResponse(id: 1, result: .success(["resultType": "complete"]))) }
        #expect(patient.isQuick)
        for _ in 0..<100 { record.note(.zero, succeeded: false) }
        #expect(!record.isQuick)
        // What takes long counts in any case.
        let quick = Self.record(quickRuns: 200)
        for _ in 0..<2 { quick.note(.milliseconds(1), succeeded: false) }
        #expect(!quick.isQuick)
    }

    @Test func toolsHaveRecordsOfTheirOwnAndStrangersNamesHaveNone() throws {
        let server = Server("pace", version: "1") {
            ServerTool(Tool(name: "a")) { _, _ in CallToolResult(text: "") }
            ServerTool(Tool(name: "b")) { _, _ in CallToolResult(text: "") }
        }
        let pace = HandlerPace(server.tools, limit: Self.limit)
        func record(_ method: String, _ params: JSONObject = [:]) -> HandlerPace.Record? {
            pace.record(of: JSONRPCRequest(id: 1, method: method, params: params))
        }
        let a = record("tools/call", ["name": "a"])
        #expect(a != nil)
        #expect(record("tools/call", ["name": "a"]) === a)
        #expect(record("tools/call", ["name": "b"]) !== a)
        #expect(record("tools/call", ["name": "unknown"]) == nil)
        #expect(record("tools/call") == nil)
        #expect(record("tools/list") != nil)
        // Each resource is another handler.
        #expect(record("resources/read", ["uri": "a:b"]) == nil)
        #expect(record("subscriptions/listen") == nil)
        #expect(record("of/a/stranger") == nil)
    }
}
