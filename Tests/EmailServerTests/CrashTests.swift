import Foundation
import Synchronization
import Testing

@testable import EmailServer

/// The store is stopped at every step that it takes, and opened again.
struct CrashTests {
    struct Stopped: Error {}

    /// Lets a number of steps pass and stops every later one, as the end of a process would.
    private final class Steps: Sendable {
        private let left: Mutex<Int>
        private let log = Mutex<[MailStorage.Step]>([])
        init(_ allowed: Int) { left = Mutex(allowed) }

        var taken: [MailStorage.Step] { log.withLock { $0 } }

        var storage: MailStorage {
            MailStorage(
                willTake: { step in
                    try self.left.withLock { left in
                        guard left > 0 else { throw Stopped() }
                        left -= 1
                    }
                    self.log.withLock { $0.append(step) }
                }, chunkSize: 97)
        }
    }

    /// What a careful caller does: sends three messages with keys and notes which were accepted.
    private func sendThree(_ mailbox: EmbeddedMailbox) async -> [String: String] {
        var accepted: [String: String] = [:]
        for name in ["a", "b", "c"] {
            let key = "key-\(name)"
            if let message = try? MailboxTests.message("Body \(name)"), let key = try? IdempotencyKey(key),
                let receipt = try? await mailbox.send(message, account: nil, idempotencyKey: key)
            {
                accepted[name] = receipt.id
            }
        }
        return accepted
    }

    @Test func everyStepOfSendingCanBeTheLast() async throws {
        var allowed = 0
        var kinds: Set<MailStorage.Step> = []
        while true {
            let directory = try TemporaryDirectory()
            let steps = Steps(allowed)
            var accepted: [String: String] = [:]
            if let mailbox = try? MailboxTests.open(directory.path, sampleMail: false, storage: steps.storage) {
                accepted = await sendThree(mailbox)
            }
            kinds.formUnion(steps.taken)
            let again = try MailboxTests.open(directory.path, sampleMail: false)
            for (name, id) in accepted {
                #expect(try await again.message(id: id).text == "Body \(name)", "after \(allowed) steps")
            }
            let found = try await again.search(MailSearchRequest(query: "in:outbox")).messages
            #expect(found.count >= accepted.count && found.count <= 3)
            // Whatever was not accepted is sent again by its caller, and arrives once.
            #expect(await sendThree(again).count == 3)
            let all = try await again.search(MailSearchRequest(query: "in:outbox")).messages
            #expect(Set(all.map(\.subject)) == ["Subject of Body a", "Subject of Body b", "Subject of Body c"])
            #expect(all.count == 3, "after \(allowed) steps")
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/new").isEmpty)
            if accepted.count == 3, steps.taken.count < allowed { break }
            allowed += 1
        }
        #expect(allowed > 30)
        #expect(
            kinds == [
                .createDirectory, .createFile, .writeFile, .syncFile, .rename, .syncDirectory, .openJournal, .appendJournal, .syncJournal,
            ])
    }

    @Test func aFailureThatPassesLosesNothing() async throws {
        // One single step fails, as on a full disk, and the mailbox goes on in the same process.
        for failing in 0..<60 {
            let directory = try TemporaryDirectory()
            let count = Mutex(0)
            let isArmed = Mutex(false)
            let storage = MailStorage(
                willTake: { _ in
                    guard isArmed.withLock({ $0 }) else { return }
                    let number = count.withLock { count in
                        defer { count += 1 }
                        return count
                    }
                    if number == failing { throw Stopped() }
                }, chunkSize: 97)
            let mailbox = try MailboxTests.open(directory.path, sampleMail: false, storage: storage)
            isArmed.withLock { $0 = true }
            _ = await sendThree(mailbox)
            isArmed.withLock { $0 = false }
            #expect(await sendThree(mailbox).count == 3, "step \(failing) failed")
            #expect(try await mailbox.search(MailSearchRequest(query: "in:outbox")).total == 3, "step \(failing) failed")
        }
    }

    @Test func aNewMailboxHasAllSampleMailOrIsNotThereYet() async throws {
        let total = SampleMail.messages(now: MailboxTests.now).count
        for allowed in [0, 1, 3, 5, 6, 9, 60, 200, 500, 900, 1500, 2000, 2500] {
            let directory = try TemporaryDirectory()
            _ = try? MailboxTests.open(directory.path, storage: Steps(allowed).storage)
            let again = try MailboxTests.open(directory.path)
            #expect(try await again.search(MailSearchRequest(query: "")).total == total, "after \(allowed) steps")
        }
    }

    @Test func aJournalCutAtAnyByteGivesTheSameMailbox() async throws {
        let directory = try TemporaryDirectory()
        var mailbox: EmbeddedMailbox? = try MailboxTests.open(directory.path, sampleMail: false)
        let accepted = try await sendThree(#require(mailbox))
        let draft = try await #require(mailbox).createDraft(MailboxTests.message("Draft é"), account: nil)
        mailbox = nil
        let path = "\(directory.path)/index.journal"
        let journal = try Data(contentsOf: URL(filePath: path))
        #expect(journal.count > 500)
        let folder = directory.path
        let records = try await blocking {
            let records = try Self.records(folder, journal)
            #expect(records.count == 4)
            for length in 0...journal.count {
                #expect(try Self.records(folder, journal.prefix(length)) == records, "cut at \(length)")
            }
            // A single damaged byte anywhere.
            for position in stride(from: 0, to: journal.count, by: 7) {
                var damaged = journal
                damaged[position] ^= 0x20
                #expect(try Self.records(folder, damaged) == records, "damaged at \(position)")
            }
            return records
        }
        #expect(Set(records.keys) == Set(accepted.values).union([draft.id]))
    }

    /// The index that comes of the mailbox with another journal.
    private static func records(_ path: String, _ journal: Data) throws -> [String: IndexRecord] {
        let storage = MailStorage()
        try journal.write(to: URL(filePath: "\(path)/index.journal"))
        _ = try MailboxTests.open(path, sampleMail: false)
        // What the mailbox left on the disk must be whole again, too, unless nothing was wrong with it.
        var reader = IndexJournal(path: "\(path)/index.journal", storage: storage)
        let (changes, isWhole) = try reader.replay()
        #expect(isWhole)
        var records: [String: IndexRecord] = [:]
        for case .put(let record) in changes { records[record.id] = record }
        return records
    }
}
