import Dispatch

/// A mailbox in a directory: messages as .eml files, an index, and an outbox that nothing is sent from.
///
/// The message files are the truth. A message is accepted when its file has been renamed into its folder and the folder has been synced;
/// the index follows and is put right at every start, so that a crash at any moment loses no accepted message and shows no half one.
public actor EmbeddedMailbox: Mailbox {
    /// The one account of an embedded mailbox.
    public static let accountID = "local"
    private static let sending = "No SMTP server is configured, so nothing leaves this machine."

    private let directory: MailDirectory
    private let lock: DataDirectoryLock
    private var journal: IndexJournal
    private var state: State
    /// Set after a failure that may have left files and index apart; the next change looks at the files first.
    private var mustReconcile = false
    private let clock: @Sendable () -> Int64
    private let owner: MailAddress
    private let warn: @Sendable (String) -> Void
    private let executor = FileExecutor()

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the mailbox in `path`, which is made where it does not exist.
    /// - Parameters:
    ///   - path: The data directory.
    ///   - sampleMail: Whether a new mailbox begins with the sample mail.
    ///   - clock: Seconds since 1970.
    ///   - warn: Told what was put right or skipped.
    /// - Throws: `DataDirectoryInUse`, `MailStorageError`.
    public init(
        opening path: String, sampleMail: Bool = true, clock: @escaping @Sendable () -> Int64,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        try self.init(opening: path, sampleMail: sampleMail, storage: MailStorage(), clock: clock, warn: warn)
    }

    init(
        opening path: String, sampleMail: Bool, storage: MailStorage, clock: @escaping @Sendable () -> Int64,
        warn: @escaping @Sendable (String) -> Void
    ) throws {
        try storage.createDirectory(path)
        lock = try DataDirectoryLock(directory: path)
        directory = MailDirectory(root: path, storage: storage)
        owner = SampleMail.owner
        self.clock = clock
        self.warn = warn
        _ = try directory.prepare { sampleMail ? SampleMail.messages(now: clock()) : [] }
        var journal = IndexJournal(path: directory.journalPath, storage: storage)
        let replayed = Self.replay(&journal, warn)
        let (records, isChanged, nextNumber) = try Self.reconcile(replayed.records, directory, warn)
        let state = State(records, nextNumber: max(replayed.nextNumber, nextNumber))
        if !replayed.isWhole || isChanged || journal.lines > 2 * records.count + 100 {
            try Self.rewrite(&journal, state, directory)
        }
        self.state = state
        self.journal = journal
    }

    /// What the journal says, as far as it can be read.
    private static func replay(
        _ journal: inout IndexJournal, _ warn: (String) -> Void
    ) -> (records: [String: IndexRecord], nextNumber: Int, isWhole: Bool) {
        var records: [String: IndexRecord] = [:]
        var nextNumber = 1
        do {
            let (changes, isWhole) = try journal.replay()
            for change in changes {
                switch change {
                case .put(let record):
                    records[record.id] = record
                    // Also where the file is gone: an id is given once.
                    nextNumber = max(nextNumber, record.sequence + 1)
                case .remove(let id): records[id] = nil
                case .next(let number): nextNumber = max(nextNumber, number)
                }
            }
            return (records, nextNumber, isWhole)
        } catch {
            warn("The index could not be read and is made again from the messages. \(error)")
            return ([:], 1, false)
        }
    }

    /// What is in memory.
    private struct State: Sendable {
        var index = SearchIndex()
        /// Ids of the messages that were sent with a key.
        var sentKeys: [String: String] = [:]
        var nextNumber: Int

        init(_ records: [String: IndexRecord], nextNumber: Int) {
            self.nextNumber = nextNumber
            for record in records.values.sorted(by: { ($0.date, $0.id) < ($1.date, $1.id) }) { put(record) }
        }

        mutating func put(_ record: IndexRecord) {
            index.put(record)
            if let sent = record.idempotency { sentKeys[sent.key] = record.id }
            nextNumber = max(nextNumber, record.sequence + 1)
        }

        mutating func remove(_ id: String) {
            if let key = index.documents[id]?.record.idempotency?.key { sentKeys[key] = nil }
            index.remove(id)
        }
    }

    // MARK: Mailbox

    public func accounts() -> [MailAccount] {
        let records = state.index.documents.values.map(\.record)
        let folders = MailDirectory.folders.map { folder in
            let inside = records.filter { $0.folder == folder }
            return MailAccount.FolderCount(folder: folder, messages: inside.count, unread: inside.count(where: \.isUnread))
        }
        return [
            MailAccount(
                id: Self.accountID, address: owner,
                sending: "Messages that are sent are stored in the outbox. \(Self.sending)", folders: folders)
        ]
    }

    public func search(_ request: MailSearchRequest) throws -> MailSearchPage {
        try check(account: request.account)
        guard (1...100).contains(request.limit) else {
            throw MailInputError.field("limit", reason: "it is \(request.limit); ask for 1 to 100 messages")
        }
        let query = try MailQuery(parsing: request.query, folders: MailDirectory.folders)
        let cursor = try request.cursor.map { text throws(MailInputError) in try SearchCursor(parsing: text, query: request.query) }
        let arrivedUntil = cursor?.arrivedUntil ?? state.index.lastArrival
        let result = state.index.search(query, arrivedUntil: arrivedUntil)
        let start = min(cursor?.offset ?? 0, result.matches.count)
        let end = min(start + request.limit, result.matches.count)
        return MailSearchPage(
            messages: result.matches[start..<end].map { summary($0.record, words: result.words) },
            total: result.matches.count,
            nextCursor: end < result.matches.count
                ? SearchCursor(offset: end, arrivedUntil: arrivedUntil).text(query: request.query) : nil,
            matchedAllWords: result.matchedAllWords)
    }

    public func message(id: String) throws -> MailMessage {
        guard let record = state.index.documents[id]?.record else { throw MailInputError.noSuchMessage(id) }
        guard let file = try directory.read(id, in: record.folder) else {
            mustReconcile = true
            throw MailInputError.noSuchMessage(id)
        }
        let parsed = ParsedMessage(parsing: file)
        return MailMessage(
            summary: summary(record, words: []), cc: record.cc, bcc: record.bcc, messageID: parsed.messageID, references: parsed.references,
            text: parsed.text, isTextFromHTML: parsed.isTextFromHTML, attachments: parsed.attachments)
    }

    public func createDraft(_ message: OutgoingMessage, account: String?) throws -> MailReceipt {
        try check(account: account)
        let record = try store(message, in: .drafts, idempotency: nil)
        return receipt(record, state: .draft, isRepeat: false)
    }

    public func send(_ message: OutgoingMessage, account: String?, idempotencyKey: IdempotencyKey?) throws -> MailReceipt {
        try check(account: account)
        guard !message.recipients.isEmpty else {
            throw MailInputError.field("to", reason: "a message that is sent needs at least one recipient in to, cc or bcc")
        }
        if mustReconcile { try reconcile() }
        let digest = message.digest
        if let key = idempotencyKey?.text, let id = state.sentKeys[key], let record = state.index.documents[id]?.record {
            guard record.idempotency?.digest == digest else { throw MailInputError.keyUsedForOtherMessage(key, messageID: id) }
            return receipt(record, state: .queued, isRepeat: true)
        }
        let record = try store(message, in: .outbox, idempotency: idempotencyKey.map { .init(key: $0.text, digest: digest) })
        return receipt(record, state: .queued, isRepeat: false)
    }

    // MARK: Writing

    private func store(_ message: OutgoingMessage, in folder: MailFolder, idempotency: IndexRecord.Idempotency?) throws -> IndexRecord {
        if mustReconcile { try reconcile() }
        // Beyond the largest number that counts, an id can be there already.
        while state.index.documents[Self.id(state.nextNumber)] != nil { state.nextNumber += 1 }
        let id = Self.id(state.nextNumber)
        let file = try file(for: message, id: id, idempotency: idempotency)
        // A number is used once, even where writing fails.
        state.nextNumber += 1
        do {
            try directory.add(id, to: folder, file: file)
        } catch {
            // The file may be in its place or not: the directory will tell.
            mustReconcile = true
            throw error
        }
        // A file that cannot be looked at now is read again at the next start.
        let record = IndexRecord(id: id, folder: folder, file: file, modified: directory.stamp(id, in: folder)?.modified ?? 0)
        state.put(record)
        appendToJournal([.put(record)])
        return record
    }

    private static func id(_ number: Int) -> String {
        let digits = String(number)
        return "m" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    private func file(for message: OutgoingMessage, id: String, idempotency: IndexRecord.Idempotency?) throws -> [UInt8] {
        let now = clock()
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        var composer = MessageComposer(
            from: owner, date: MailDate(seconds: now), messageID: "\(id).\(now).\(random)@\(owner.domain)", to: message.to, cc: message.cc,
            bcc: message.bcc, subject: message.subject, text: message.text, attachments: message.attachments)
        if let answered = message.inReplyTo {
            guard let record = state.index.documents[answered]?.record, let original = try directory.read(answered, in: record.folder)
            else {
                throw MailInputError.noSuchMessage(answered)
            }
            let headers = HeaderFields.parse(original[...]).headers
            composer.references = headers.messageIDs("References") + headers.messageIDs("Message-ID").prefix(1)
        }
        if let idempotency {
            composer.extraFields = [(IndexRecord.keyField, idempotency.key), (IndexRecord.digestField, idempotency.digest)]
        }
        return composer.message()
    }

    /// The message is safe without its line in the journal, so a failure here fails no call: the journal is made again later.
    private func appendToJournal(_ changes: [IndexJournal.Change]) {
        do {
            try journal.append(changes)
        } catch {
            mustReconcile = true
            warn("The index will be written again. \(error)")
        }
    }

    private static func rewrite(_ journal: inout IndexJournal, _ state: State, _ directory: MailDirectory) throws {
        let records = state.index.documents.values.map(\.record).sorted { $0.id < $1.id }
        try journal.replace(
            [.next(state.nextNumber)] + records.map { .put($0) }, directory: directory.root, temporary: directory.temporaryJournal)
    }

    /// Brings the index in line with the files.
    private func reconcile() throws {
        let before = state.index.documents.mapValues(\.record)
        let (records, _, nextNumber) = try Self.reconcile(before, directory, warn)
        state.nextNumber = max(state.nextNumber, nextNumber)
        for id in before.keys where records[id] == nil { state.remove(id) }
        for (id, record) in records where before[id] != record { state.put(record) }
        try Self.rewrite(&journal, state, directory)
        mustReconcile = false
    }

    /// Records for exactly the files that are there: those that the index knows, and new ones read from the others.
    private static func reconcile(
        _ records: [String: IndexRecord], _ directory: MailDirectory, _ warn: (String) -> Void
    ) throws -> (records: [String: IndexRecord], isChanged: Bool, nextNumber: Int) {
        let (files, skipped) = try directory.list()
        for path in skipped { warn("Skipped \(path): its name is no message id (letters, digits, - and _, each id once).") }
        var result: [String: IndexRecord] = [:]
        var isChanged = false
        // A file that cannot be read has its id all the same.
        let nextNumber = files.keys.reduce(1) { max($0, IndexRecord.sequence(of: $1) + 1) }
        for (id, found) in files {
            if let record = records[id], record.folder == found.folder, record.stamp == found.stamp {
                result[id] = record
                continue
            }
            isChanged = true
            do {
                guard let file = try directory.read(id, in: found.folder) else { continue }
                result[id] = IndexRecord(id: id, folder: found.folder, file: file, modified: found.stamp.modified)
            } catch let error as MailStorageError {
                warn("Skipped the message \(id). \(error)")
            }
        }
        return (result, isChanged || result.count != records.count, nextNumber)
    }

    // MARK: Answers

    private func check(account: String?) throws(MailInputError) {
        if let account, account != Self.accountID { throw .noSuchAccount(account, known: [Self.accountID]) }
    }

    private func receipt(_ record: IndexRecord, state: MailReceipt.State, isRepeat: Bool) -> MailReceipt {
        let note =
            switch (state, isRepeat) {
            case (.draft, _): "Kept as a draft. Nothing was sent."
            case (_, false): "Stored in the outbox. \(Self.sending)"
            case (_, true):
                "This idempotency key was used before: the message is already in the outbox and was not stored again. \(Self.sending)"
            }
        return MailReceipt(
            id: record.id, account: Self.accountID, folder: record.folder, state: state, isRepeat: isRepeat, note: note)
    }

    private func summary(_ record: IndexRecord, words: Set<String>) -> MailSummary {
        MailSummary(
            id: record.id, account: Self.accountID, folder: record.folder, from: record.from, to: record.to, subject: record.subject,
            date: record.date, snippet: Snippet.make(record.text, words: words), hasAttachments: !record.attachmentNames.isEmpty,
            isUnread: record.isUnread)
    }
}

/// Runs the mailbox on a queue of its own, because its work is file operations that block.
private final class FileExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "mailbox")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
