/// A message that someone wants to keep as a draft or to send. It has been checked: what is in it can be written as it is.
public struct OutgoingMessage: Sendable, Hashable {
    public private(set) var to: [MailAddress]
    public private(set) var cc: [MailAddress]
    public private(set) var bcc: [MailAddress]
    public private(set) var subject: String
    public private(set) var text: String
    public private(set) var attachments: [OutgoingAttachment]
    /// The id of the message in this mailbox that is answered.
    public private(set) var inReplyTo: String?

    /// Checks the parts of a message.
    /// - Parameters:
    ///   - to: Addresses such as `alice@example.com` or `Alice Martin <alice@example.com>`.
    ///   - inReplyTo: The id of a message in the mailbox, for an answer in its thread.
    ///   - limits: What is too much.
    /// - Throws: `MailInputError`; nothing of the message is used then.
    public init(
        to: [String], cc: [String] = [], bcc: [String] = [], subject: String, text: String, attachments: [OutgoingAttachment] = [],
        inReplyTo: String? = nil, limits: MailLimits = MailLimits()
    ) throws(MailInputError) {
        let count = to.count + cc.count + bcc.count
        guard count <= limits.recipients else {
            throw .field("to", reason: "there are \(count) recipients, at most \(limits.recipients) are allowed in one message")
        }
        self.to = try Self.addresses(to)
        self.cc = try Self.addresses(cc)
        self.bcc = try Self.addresses(bcc)
        guard !subject.unicodeScalars.contains(where: \.isControl) else {
            throw .field("subject", reason: "it contains a line break or another control character; write it on one line")
        }
        guard subject.utf8.count <= limits.subjectBytes else {
            throw .field("subject", reason: "it has \(subject.utf8.count) bytes, at most \(limits.subjectBytes) are allowed")
        }
        guard text.utf8.count <= limits.textBytes else {
            throw .field("body", reason: "it has \(text.utf8.count) bytes, at most \(limits.textBytes) are allowed; shorten it")
        }
        guard !text.unicodeScalars.contains("\0") else { throw .field("body", reason: "it contains a NUL character") }
        guard attachments.count <= limits.attachments else {
            throw .field("attachments", reason: "there are \(attachments.count), at most \(limits.attachments) are allowed")
        }
        let size = attachments.reduce(0) { $0 + $1.content.count }
        guard size <= limits.attachmentBytes else {
            throw .field("attachments", reason: "they have \(size) bytes together, at most \(limits.attachmentBytes) are allowed")
        }
        self.subject = subject.trimmed
        self.text = text
        self.attachments = attachments
        self.inReplyTo = inReplyTo
    }

    private static func addresses(_ texts: [String]) throws(MailInputError) -> [MailAddress] {
        var result: [MailAddress] = []
        for text in texts {
            let address = try MailAddress(validating: text)
            if !result.contains(where: { $0.address.lowercased() == address.address.lowercased() }) { result.append(address) }
        }
        return result
    }

    /// Everybody who would get the message.
    public var recipients: [MailAddress] { to + cc + bcc }

    /// Tells two messages apart: 64 bits over everything that was asked for. It guards against mistakes, not against attackers.
    var digest: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ bytes: some Sequence<UInt8>) {
            var count: UInt64 = 0
            for byte in bytes {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
                count += 1
            }
            // The length separates a field from the next one.
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                hash = (hash ^ (count >> shift & 0xFF)) &* 0x100_0000_01B3
            }
        }
        for list in [to, cc, bcc] { mix(list.map(\.text).joined(separator: "\n").utf8) }
        for field in [subject, text, inReplyTo ?? ""] { mix(field.utf8) }
        for attachment in attachments {
            mix(attachment.fileName.utf8)
            mix(attachment.mediaType.utf8)
            mix(attachment.content)
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// A file to send with a message.
public struct OutgoingAttachment: Sendable, Hashable {
    public let fileName: String
    public let mediaType: String
    public let content: [UInt8]

    /// - Throws: `MailInputError` for a name with a directory or control character and for what is no media type.
    public init(fileName: String, mediaType: String, content: [UInt8]) throws(MailInputError) {
        guard !fileName.trimmed.isEmpty, fileName.utf8.count <= 200, fileName != ".", fileName != "..",
            !fileName.unicodeScalars.contains(where: { $0.isControl || $0 == "/" || $0 == "\\" })
        else {
            throw .field("fileName", reason: "write a plain file name such as report.pdf, of 1 to 200 bytes, without directories")
        }
        let mediaType = mediaType.lowercased()
        let parts = mediaType.split(separator: "/", omittingEmptySubsequences: false)
        let isToken = { (part: Substring) in
            !part.isEmpty && part.utf8.count <= 100 && part.utf8.allSatisfy { MailAddress.isAtomText($0) || $0 == UInt8(ascii: ".") }
        }
        // A multipart or message would be read as part of the structure of the whole.
        guard parts.count == 2, parts.allSatisfy(isToken), parts[0] != "multipart", parts[0] != "message" else {
            throw .field("mediaType", reason: "write a media type such as application/pdf or text/csv")
        }
        self.fileName = fileName
        self.mediaType = mediaType
        self.content = content
    }
}

/// How large a message may be.
public struct MailLimits: Sendable, Hashable {
    /// To, Cc and Bcc together.
    public var recipients = 50
    public var subjectBytes = 1000
    public var textBytes = 512 * 1024
    public var attachments = 10
    /// All attachments together, before encoding.
    public var attachmentBytes = 10 * 1024 * 1024

    public init() {}
}
