import Foundation
import Testing

@testable import EmailServer

struct MailboxTests {
    static let now: Int64 = 1_795_478_400

    static func open(_ path: String, sampleMail: Bool = true, storage: MailStorage = MailStorage()) throws -> EmbeddedMailbox {
        try EmbeddedMailbox(opening: path, sampleMail: sampleMail, storage: storage, clock: { now }, warn: { _ in })
    }

    static func message(_ text: String = "Hello", to: [String] = ["alice@example.com"], inReplyTo: String? = nil) throws -> OutgoingMessage {
        try OutgoingMessage(to: to, subject: "Subject of \(text)", text: text, inReplyTo: inReplyTo)
    }

    @Test func sampleMailIsTheSameOnTheSameDay() throws {
        let one = SampleMail.messages(now: Self.now)
        let other = SampleMail.messages(now: Self.now + 3600)
        #expect(one.count >= 40)
        #expect(one.map(\.file) == other.map(\.file))
        let records = one.map { IndexRecord(id: $0.id, folder: $0.folder, file: $0.file) }
        #expect(records.allSatisfy { $0.date.seconds < Self.now && $0.date.seconds > Self.now - 366 * 86400 })
        #expect(records.filter { !$0.attachmentNames.isEmpty }.count == 5)
        #expect(records.allSatisfy { $0.from != nil && !$0.to.isEmpty && !$0.subject.isEmpty && !$0.text.isEmpty })
    }

    @Test func aSentMessageIsInTheOutboxAfterARestart() async throws {
        let directory = try TemporaryDirectory()
        var mailbox: EmbeddedMailbox? = try Self.open(directory.path)
        let receipt = try await mailbox?.send(
            OutgoingMessage(
                to: ["Alice Martin <alice@example.com>"], cc: ["b@x.example"], bcc: ["c@x.example"], subject: "Zusammenfassung – größer",
                text: "Grüße\n", attachments: [OutgoingAttachment(fileName: "a.txt", mediaType: "text/plain", content: Array("x".utf8))]),
            account: "local", idempotencyKey: nil)
        let id = try #require(receipt?.id)
        #expect(receipt?.state == .queued && receipt?.folder == .outbox && receipt?.isRepeat == false)
        mailbox = nil
        let again = try Self.open(directory.path)
        let message = try await again.message(id: id)
        #expect(message.summary.folder == .outbox)
        #expect(message.summary.to.map(\.text) == ["Alice Martin <alice@example.com>"])
        #expect(message.cc.map(\.text) == ["b@x.example"] && message.bcc.map(\.text) == ["c@x.example"])
        #expect(message.summary.subject == "Zusammenfassung – größer")
        #expect(message.text == "Grüße")
        #expect(message.attachments.map(\.fileName) == ["a.txt"])
        #expect(try await again.search(MailSearchRequest(query: "in:outbox zusammenfassung")).messages.map(\.id) == [id])
        let file = try String(contentsOfFile: "\(directory.path)/messages/outbox/\(id).eml", encoding: .utf8)
        #expect(file.hasPrefix("Date: Tue, 24 Nov 2026 00:00:00 +0000\r\nFrom: Robin Keller <robin@fjordlight.example>\r\n"))
    }

    @Test func accountsCountFolders() async throws {
        let directory = try TemporaryDirectory()
        let mailbox = try Self.open(directory.path)
        _ = try await mailbox.createDraft(Self.message(to: []), account: nil)
        let account = try #require(await mailbox.accounts().first)
        #expect(account.address.address == "robin@fjordlight.example")
        let counts = Dictionary(uniqueKeysWithValues: account.folders.map { ($0.folder, $0.messages) })
        #expect(counts[.drafts] == 2 && counts[.outbox] == 0)
        #expect(counts.values.reduce(0, +) == SampleMail.messages(now: Self.now).count + 1)
        #expect(account.folders.first { $0.folder == .inbox }?.unread == 7)
    }

    @Test func oneKeySendsOnce() async throws {
        let directory = try TemporaryDirectory()
        var mailbox: EmbeddedMailbox? = try Self.open(directory.path, sampleMail: false)
        let key = try IdempotencyKey("summary-1")
        let first = try await #require(mailbox).send(Self.message("One"), account: nil, idempotencyKey: key)
        let second = try await #require(mailbox).send(Self.message("One"), account: nil, idempotencyKey: key)
        #expect(second.id == first.id && second.isRepeat && !first.isRepeat)
        mailbox = nil
        for journal in [true, false] {
            if !journal { try FileManager.default.removeItem(atPath: "\(directory.path)/index.journal") }
            let again = try Self.open(directory.path, sampleMail: false)
            #expect(try await again.send(Self.message("One"), account: nil, idempotencyKey: key).id == first.id)
            await #expect(throws: MailInputError.keyUsedForOtherMessage("summary-1", messageID: first.id)) {
                try await again.send(Self.message("Other"), account: nil, idempotencyKey: key)
            }
            #expect(try await again.search(MailSearchRequest(query: "in:outbox")).total == 1)
        }
        let withoutKey = try Self.open(directory.path, sampleMail: false)
        _ = try await withoutKey.send(Self.message("One"), account: nil, idempotencyKey: nil)
        #expect(try await withoutKey.search(MailSearchRequest(query: "in:outbox")).total == 2)
    }

    @Test func oneKeyFromManyTasksSendsOnce() async throws {
        let directory = try TemporaryDirectory()
        let mailbox = try Self.open(directory.path, sampleMail: false)
        let key = try IdempotencyKey("same")
        let ids = try await withThrowingTaskGroup(of: MailReceipt.self) { group in
            for _ in 0..<20 { group.addTask { try await mailbox.send(Self.message(), account: nil, idempotencyKey: key) } }
            return try await group.reduce(into: [MailReceipt]()) { $0.append($1) }
        }
        #expect(Set(ids.map(\.id)).count == 1)
        #expect(ids.count { !$0.isRepeat } == 1)
    }

    @Test func answersBelongToTheThread() async throws {
        let directory = try TemporaryDirectory()
        let mailbox = try Self.open(directory.path)
        let original = try await #require(mailbox.search(MailSearchRequest(query: "subject:launch from:ingrid")).messages.first)
        let parent = try await mailbox.message(id: original.id)
        let receipt = try await mailbox.createDraft(Self.message(inReplyTo: original.id), account: nil)
        let answer = try await mailbox.message(id: receipt.id)
        #expect(answer.references == parent.references + [try #require(parent.messageID)])
        await #expect(throws: MailInputError.noSuchMessage("nope")) {
            try await mailbox.createDraft(Self.message(inReplyTo: "nope"), account: nil)
        }
    }

    @Test func pagesHoldEveryMessageOnceEvenWhenMailComesIn() async throws {
        let directory = try TemporaryDirectory()
        let mailbox = try Self.open(directory.path)
        let total = try await mailbox.search(MailSearchRequest(query: "")).total
        var ids: [String] = []
        var cursor: String?
        repeat {
            let page = try await mailbox.search(MailSearchRequest(query: "", limit: 7, cursor: cursor))
            ids += page.messages.map(\.id)
            cursor = page.nextCursor
            _ = try await mailbox.send(Self.message(), account: nil, idempotencyKey: nil)
        } while cursor != nil
        #expect(ids.count == total && Set(ids).count == total)
        let first = try await mailbox.search(MailSearchRequest(query: "launch", limit: 1))
        for (query, cursor) in [("lamp", first.nextCursor), ("launch", "x"), ("launch", "-1.0.00000000"), ("launch", "")] {
            await #expect(throws: MailInputError.self) {
                try await mailbox.search(MailSearchRequest(query: query, cursor: cursor))
            }
        }
        for limit in [0, -1, 101] {
            await #expect(throws: MailInputError.self) { try await mailbox.search(MailSearchRequest(query: "", limit: limit)) }
        }
    }

    @Test func whatDoesNotExistIsSaid() async throws {
        let directory = try TemporaryDirectory()
        let mailbox = try Self.open(directory.path)
        for id in ["", "../../etc/passwd", "m999999", "../inbox/m000001", "m000001.eml"] {
            await #expect(throws: MailInputError.noSuchMessage(id)) { try await mailbox.message(id: id) }
        }
        await #expect(throws: MailInputError.noSuchAccount("work", known: ["local"])) {
            try await mailbox.search(MailSearchRequest(query: "x", account: "work"))
        }
        await #expect(throws: MailInputError.self) { try await mailbox.send(Self.message(to: []), account: nil, idempotencyKey: nil) }
    }

    @Test func limitsOfAMessage() throws {
        let many = (0..<51).map { "p\($0)@x.example" }
        #expect(throws: MailInputError.self) { try OutgoingMessage(to: many, subject: "", text: "") }
        #expect(throws: MailInputError.self) { try OutgoingMessage(to: [], subject: String(repeating: "s", count: 1001), text: "") }
        #expect(throws: MailInputError.self) {
            try OutgoingMessage(to: [], subject: "", text: String(repeating: "s", count: 512 * 1024 + 1))
        }
        let file = try OutgoingAttachment(fileName: "a", mediaType: "text/plain", content: [UInt8](repeating: 0, count: 1 << 20))
        #expect(throws: MailInputError.self) {
            try OutgoingMessage(to: [], subject: "", text: "", attachments: .init(repeating: file, count: 11))
        }
        var limits = MailLimits()
        limits.attachmentBytes = 100
        #expect(throws: MailInputError.self) { try OutgoingMessage(to: [], subject: "", text: "", attachments: [file], limits: limits) }
        #expect(try OutgoingMessage(to: ["a@x.example", "A@X.example"], subject: "", text: "").to.count == 1)
    }

    @Test func twoMailboxesCannotShareADirectory() throws {
        let directory = try TemporaryDirectory()
        var first: EmbeddedMailbox? = try Self.open(directory.path)
        let error = #expect(throws: DataDirectoryInUse.self) { try Self.open(directory.path) }
        #expect(error?.description.contains("--data") == true)
        _ = first
        first = nil
        _ = try Self.open(directory.path)
    }

    @Test func messagesPutThereByOthersAreFound() async throws {
        let directory = try TemporaryDirectory()
        _ = try Self.open(directory.path)
        let inbox = "\(directory.path)/messages/inbox"
        try "From: x@y.example\nSubject: Dropped zebra\n\nHi".write(toFile: "\(inbox)/dropped.eml", atomically: false, encoding: .utf8)
        try "x".write(toFile: "\(inbox)/bad name.eml", atomically: false, encoding: .utf8)
        try FileManager.default.removeItem(atPath: "\(inbox)/m000002.eml")
        try "Subject: Changed walrus\n\nHi".write(toFile: "\(inbox)/m000001.eml", atomically: false, encoding: .utf8)
        let again = try Self.open(directory.path)
        #expect(try await again.search(MailSearchRequest(query: "zebra")).messages.map(\.id) == ["dropped"])
        #expect(try await again.search(MailSearchRequest(query: "walrus")).messages.map(\.id) == ["m000001"])
        await #expect(throws: MailInputError.noSuchMessage("m000002")) { try await again.message(id: "m000002") }
    }

    @Test func aChangeThatKeepsTheSizeIsSeen() async throws {
        let directory = try TemporaryDirectory()
        _ = try Self.open(directory.path)
        let file = "\(directory.path)/messages/inbox/m000001.eml"
        let size = try #require(FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
        var text = "Subject: Changed walrus\n\n"
        text += String(repeating: "x", count: size - text.utf8.count)
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1_900_000_000)], ofItemAtPath: file)
        for _ in 0..<2 {
            let again = try Self.open(directory.path)
            #expect(try await again.search(MailSearchRequest(query: "walrus")).messages.map(\.id) == ["m000001"])
        }
    }

    /// What has not changed is not read again: the index says what it said.
    @Test func filesThatAreAsTheyWereAreNotRead() async throws {
        let directory = try TemporaryDirectory()
        var mailbox: EmbeddedMailbox? = try Self.open(directory.path)
        let id = try await #require(mailbox).send(Self.message(), account: nil, idempotencyKey: nil).id
        mailbox = nil
        let file = "\(directory.path)/messages/outbox/\(id).eml"
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        let modified = try #require(attributes[.modificationDate] as? Date)
        // Nobody may do this; it shows whether the file was read. (The time has to be one that `Date` can say.)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: modified.timeIntervalSince1970.rounded())], ofItemAtPath: file)
        _ = try Self.open(directory.path)
        let size = try #require(attributes[.size] as? Int)
        try String(repeating: "x", count: size).write(toFile: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: modified.timeIntervalSince1970.rounded())], ofItemAtPath: file)
        let again = try Self.open(directory.path)
        #expect(try await again.search(MailSearchRequest(query: "in:outbox")).messages.map(\.subject) == ["Subject of Hello"])
    }

    @Test func anIdIsGivenOnce() async throws {
        let directory = try TemporaryDirectory()
        var ids: Set<String> = []
        // Every time the newest message is removed by hand: before a restart, before two, and with an index that was made again.
        for round in 0..<6 {
            let mailbox = try Self.open(directory.path, sampleMail: false)
            let id = try await mailbox.send(Self.message(), account: nil, idempotencyKey: nil).id
            #expect(ids.insert(id).inserted, "\(id) in round \(round)")
            try FileManager.default.removeItem(atPath: "\(directory.path)/messages/outbox/\(id).eml")
            if round % 2 == 1 { _ = try? await mailbox.message(id: id) }
            if round > 2 { _ = try await mailbox.createDraft(Self.message(), account: nil) }
        }
    }

    @Test(arguments: ["m9223372036854775807", "m999999999999", "m1000000000000", "m00000000000000000000000000000001", "m-5", "m0", "m"])
    func namesThatLookLikeIdsAreNames(name: String) async throws {
        let directory = try TemporaryDirectory()
        _ = try Self.open(directory.path, sampleMail: false)
        let outbox = "\(directory.path)/messages/outbox"
        try "From: x@y.example\nSubject: Dropped zebra\n\nHi".write(toFile: "\(outbox)/\(name).eml", atomically: false, encoding: .utf8)
        var ids: Set<String> = [name]
        for _ in 0..<3 {
            let mailbox = try Self.open(directory.path, sampleMail: false)
            for _ in 0..<2 { #expect(ids.insert(try await mailbox.send(Self.message(), account: nil, idempotencyKey: nil).id).inserted) }
            #expect(try await mailbox.message(id: name).summary.subject == "Dropped zebra")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: outbox).count == 7)
    }

    /// A file that is too large to be read keeps its id all the same: nothing is written over it.
    @Test func aFileThatCannotBeReadIsNotReplaced() async throws {
        let directory = try TemporaryDirectory()
        _ = try Self.open(directory.path, sampleMail: false)
        let path = "\(directory.path)/messages/outbox/m000001.eml"
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: UInt64(MailDirectory.maximumMessageSize) + 1)
        try file.close()
        let mailbox = try Self.open(directory.path, sampleMail: false)
        #expect(try await mailbox.send(Self.message(), account: nil, idempotencyKey: nil).id == "m000002")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int == MailDirectory.maximumMessageSize + 1)
    }

    @Test func aDirectoryThatCannotBeUsedIsNamed() throws {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/file"
        try "x".write(toFile: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: MailStorageError.self) { try Self.open("\(file)/mail") }
        #expect(error?.description.contains(file) == true)
    }
}
