/// What a reader sees of a message file: the decoded headers, one text, and what is attached.
struct ParsedMessage: Sendable {
    var headers: HeaderFields
    var subject: String
    var from: [MailAddress]
    var to: [MailAddress]
    var cc: [MailAddress]
    var bcc: [MailAddress]
    var date: MailDate?
    /// `Message-ID` without the angle brackets.
    var messageID: String?
    var references: [String]
    /// The readable body: the plain text, or the HTML turned into text where there is no plain one.
    var text: String
    /// True where `text` was made from HTML.
    var isTextFromHTML: Bool
    var attachments: [MailAttachment]

    /// The most bytes of a subject, display name or address that are read; a longer address is left out, as a part of it is another one.
    static let longestHeaderText = 1000
    /// Identifiers of a thread that are read, the newest of them.
    static let mostReferences = 100

    init(parsing bytes: [UInt8]) {
        let root = MIMEPart(parsing: bytes)
        headers = root.headers
        subject = (headers.text("Subject") ?? "").prefix(bytes: Self.longestHeaderText)
        from = Self.addresses("From", in: headers)
        to = Self.addresses("To", in: headers)
        cc = Self.addresses("Cc", in: headers)
        bcc = Self.addresses("Bcc", in: headers)
        date = headers["Date"].flatMap { MailDate(header: $0) }
        messageID = headers.messageIDs("Message-ID").first { $0.utf8.count <= Self.longestHeaderText }
        references = headers.messageIDs("References").filter { $0.utf8.count <= Self.longestHeaderText }.suffix(Self.mostReferences)
        var body = Body()
        body.add(root)
        text = body.texts.joined(separator: "\n\n").trimmingLines
        isTextFromHTML = body.usedHTML
        attachments = body.attachments
    }

    private static func addresses(_ name: String, in headers: HeaderFields) -> [MailAddress] {
        headers.addresses(name).prefix(AddressParser.maximumAddresses).compactMap { address in
            guard address.local.utf8.count + address.domain.utf8.count < longestHeaderText else { return nil }
            var address = address
            address.name = address.name?.prefix(bytes: longestHeaderText)
            return address
        }
    }

    /// Walks the parts in the order of the message.
    private struct Body {
        var texts: [String] = []
        var attachments: [MailAttachment] = []
        var usedHTML = false

        mutating func add(_ part: MIMEPart) {
            if !part.parts.isEmpty {
                if part.contentType.value == "multipart/alternative" {
                    addAlternative(part.parts)
                } else {
                    part.parts.forEach { add($0) }
                }
            } else if part.isAttachment {
                attachments.append(MailAttachment(part))
            } else if part.contentType.value == "text/html" {
                usedHTML = true
                texts.append(HTMLText.text(of: part.decodedText))
            } else if part.isText || part.contentType.value.hasPrefix("multipart/") {
                texts.append(part.decodedText)
            }
        }

        /// Of alternatives (RFC 2046 section 5.1.4) the plain text is read, unless it is empty or only says that one should look at the other.
        private mutating func addAlternative(_ parts: [MIMEPart]) {
            let plain = parts.first { $0.contentType.value == "text/plain" && $0.parts.isEmpty && !$0.isAttachment }
            if let plain, !plain.decodedText.trimmed.isEmpty {
                texts.append(plain.decodedText)
                for part in parts where part.isAttachment || !part.parts.isEmpty { addAttachments(of: part) }
            } else {
                // Authors put the richest form last.
                let readable = parts.last { !$0.isAttachment }
                if let readable { add(readable) }
                for part in parts where part.isAttachment { add(part) }
            }
        }

        private mutating func addAttachments(of part: MIMEPart) {
            if part.isAttachment { attachments.append(MailAttachment(part)) }
            part.parts.forEach { addAttachments(of: $0) }
        }
    }
}

/// What a message says of one attachment; its content stays in the file.
public struct MailAttachment: Sendable, Hashable {
    public var fileName: String
    /// For example `application/pdf`, as the sender says it.
    public var mediaType: String
    /// Octets after decoding.
    public var size: Int

    init(_ part: MIMEPart) {
        mediaType = part.contentType.value.asReadableLine.prefix(bytes: 255)
        size = part.decodedBody.count
        let subject = mediaType == "message/rfc822" ? HeaderFields.parse(part.body).headers.text("Subject") : nil
        fileName = part.fileName ?? subject.map { "\($0.prefix(scalars: 80)).eml" } ?? "unnamed"
    }
}

extension String {
    /// Without white space at line ends and without empty lines at both ends.
    fileprivate var trimmingLines: String {
        var lines = split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.last.map { $0 == " " || $0 == "\t" } == true ? Substring(String(line).trimmedAtEnd) : line
        }
        while lines.first?.isEmpty == true { lines.removeFirst() }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }

    private var trimmedAtEnd: String {
        guard let last = lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(self[...last])
    }
}
