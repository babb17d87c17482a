import MCPCore

/// What the index knows of one message, enough to list and search it without opening its file.
struct IndexRecord: Sendable, Hashable {
    var id: String
    var folder: MailFolder
    /// Size and time of the file as the index last saw it; others mean that it was changed from outside.
    var stamp: MailStorage.FileStamp
    var from: MailAddress?
    var to: [MailAddress]
    var cc: [MailAddress]
    var bcc: [MailAddress]
    var subject: String
    var date: MailDate
    var isUnread: Bool
    var attachmentNames: [String]
    /// The beginning of the body, for search and snippets.
    var text: String
    /// The key that the message was sent with, and what was sent.
    var idempotency: Idempotency?

    struct Idempotency: Sendable, Hashable {
        var key: String
        var digest: String
    }

    /// How much of a body is searched, in Unicode scalars. (A character has no bound: any number of combining marks can stand on it.)
    static let searchedLength = 32_000

    /// Fields that only this store writes into its files; a message that leaves it goes without them.
    static let keyField = "X-Outbox-Idempotency-Key"
    static let digestField = "X-Outbox-Digest"

    /// Makes the record from the message file: the index can always be built again.
    /// - Parameter modified: When the file was last changed, in nanoseconds since 1970; 0 where that is not known.
    init(id: String, folder: MailFolder, file: [UInt8], modified: Int64 = 0) {
        let message = ParsedMessage(parsing: file)
        self.id = id
        self.folder = folder
        stamp = MailStorage.FileStamp(size: file.count, modified: modified)
        from = message.from.first
        to = message.to
        cc = message.cc
        bcc = message.bcc
        subject = message.subject
        date = message.date ?? MailDate(seconds: 0)
        // `Status: RO` is how mail files have long said that a message was read.
        isUnread = folder == .inbox && message.headers["Status"]?.contains("R") != true
        attachmentNames = message.attachments.map(\.fileName)
        text = message.text.prefix(scalars: Self.searchedLength)
        if folder == .outbox || folder == .sent, let key = message.headers[Self.keyField], let digest = message.headers[Self.digestField] {
            idempotency = Idempotency(key: key, digest: digest)
        }
    }

    /// The number in an id that this store gave; 0 for a file that was put there by others.
    var sequence: Int { Self.sequence(of: id) }

    /// More than this store ever comes to, and far from what an integer holds.
    static let largestNumber = 1_000_000_000_000_000

    static func sequence(of id: String) -> Int {
        let digits = id.dropFirst().utf8
        // This store does not come to larger numbers, so a name with one is somebody else's.
        guard id.hasPrefix("m"), (1...12).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return 0 }
        return Int(id.dropFirst()) ?? 0
    }
}

extension IndexRecord {
    var json: JSONValue {
        var object: JSONObject = [
            "id": .string(id), "folder": .string(folder.rawValue), "size": .integer(Int64(stamp.size)),
            "modified": .integer(stamp.modified), "subject": .string(subject),
            "seconds": .integer(date.seconds), "offset": .integer(Int64(date.offsetMinutes)), "unread": .bool(isUnread),
            "text": .string(text), "to": Self.json(to), "cc": Self.json(cc), "bcc": Self.json(bcc),
            "attachments": .array(attachmentNames.map { .string($0) }),
        ]
        if let from { object["from"] = Self.json([from]) }
        if let idempotency { object["key"] = .array([.string(idempotency.key), .string(idempotency.digest)]) }
        return .object(object)
    }

    /// `nil` where `json` is no record of this version.
    init?(json: JSONValue) {
        guard let id = json["id"]?.string, let folder = json["folder"]?.string, let size = json["size"]?.integer,
            let modified = json["modified"]?.integer, let subject = json["subject"]?.string, let seconds = json["seconds"]?.integer,
            let offset = json["offset"]?.integer,
            let unread = json["unread"]?.bool, let text = json["text"]?.string, let to = Self.addresses(json["to"]),
            let cc = Self.addresses(json["cc"]), let bcc = Self.addresses(json["bcc"]), let attachments = json["attachments"]?.array
        else { return nil }
        self.id = id
        self.folder = MailFolder(rawValue: folder)
        self.subject = subject
        self.text = text
        self.to = to
        self.cc = cc
        self.bcc = bcc
        stamp = MailStorage.FileStamp(size: Int(size), modified: modified)
        from = Self.addresses(json["from"])?.first
        date = MailDate(seconds: seconds, offsetMinutes: Int(offset))
        isUnread = unread
        attachmentNames = attachments.compactMap(\.string)
        if let key = json["key"]?[0]?.string, let digest = json["key"]?[1]?.string {
            idempotency = Idempotency(key: key, digest: digest)
        }
    }

    private static func json(_ list: [MailAddress]) -> JSONValue {
        .array(list.map { .array([$0.name.map { .string($0) } ?? .null, .string($0.local), .string($0.domain)]) })
    }

    private static func addresses(_ json: JSONValue?) -> [MailAddress]? {
        json?.array?.compactMap { entry in
            guard let local = entry[1]?.string, let domain = entry[2]?.string else { return nil }
            return MailAddress(name: entry[0]?.string, local: local, domain: domain)
        }
    }
}
