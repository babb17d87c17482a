/// Writes a message as RFC 5322 and MIME have it, with CRLF line ends and lines of at most 998 octets.
struct MessageComposer {
    var from: MailAddress
    var date: MailDate
    /// Without angle brackets.
    var messageID: String
    var to: [MailAddress] = []
    var cc: [MailAddress] = []
    var bcc: [MailAddress] = []
    var subject: String
    var text: String
    /// The same as HTML, as a second alternative.
    var html: String?
    var attachments: [OutgoingAttachment] = []
    /// The message that is answered, and those before it in the thread, oldest first; without angle brackets.
    var references: [String] = []
    /// Further fields; the values are plain US-ASCII.
    var extraFields: [(name: String, value: String)] = []

    func message() -> [UInt8] {
        var head = HeaderWriter.field("Date", [date.headerText])
        head += HeaderWriter.field("From", from.headerTokens)
        for (name, list) in [("To", to), ("Cc", cc), ("Bcc", bcc)] where !list.isEmpty {
            head += HeaderWriter.field(name, Self.listTokens(list))
        }
        head += HeaderWriter.field("Subject", HeaderWriter.unstructured(subject))
        head += HeaderWriter.field("Message-ID", ["<\(messageID)>"])
        if let answered = references.last {
            head += HeaderWriter.field("In-Reply-To", ["<\(answered)>"])
            head += HeaderWriter.field("References", references.suffix(20).map { "<\($0)>" })
        }
        for field in extraFields { head += HeaderWriter.field(field.name, [field.value]) }
        head += "MIME-Version: 1.0\r\n"
        return Array(head.utf8) + content
    }

    private static func listTokens(_ list: [MailAddress]) -> [String] {
        list.enumerated().flatMap { position, address in
            var tokens = address.headerTokens
            if position + 1 < list.count { tokens[tokens.count - 1] += "," }
            return tokens
        }
    }

    private var content: [UInt8] {
        var body = Self.textPart(text, subtype: "plain")
        if let html { body = Self.multipart("alternative", [body, Self.textPart(html, subtype: "html")]) }
        return attachments.isEmpty ? body : Self.multipart("mixed", [body] + attachments.map(Self.attachmentPart))
    }

    private static func textPart(_ text: String, subtype: String) -> [UInt8] {
        // Lines of mail end in CRLF, whatever the author's end in.
        var bytes = Array(text.utf8.filter { $0 != 0x0D })
        if bytes.last != 0x0A { bytes.append(0x0A) }
        let encoding = TransferEncoding.fitting(bytes)
        let charset = bytes.contains { $0 >= 0x80 } ? "utf-8" : "us-ascii"
        let head = "Content-Type: text/\(subtype); charset=\(charset)\r\nContent-Transfer-Encoding: \(encoding.rawValue)\r\n\r\n"
        return Array(head.utf8) + encoded(bytes, encoding)
    }

    private static func encoded(_ bytes: [UInt8], _ encoding: TransferEncoding) -> [UInt8] {
        switch encoding {
        case .quotedPrintable: QuotedPrintable.encode(bytes)
        case .base64: Base64.encode(withReturns(bytes), lineLength: 76) + [0x0D, 0x0A]
        case .sevenBit: withReturns(bytes)
        }
    }

    private static func withReturns(_ bytes: [UInt8]) -> [UInt8] { bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] } }

    private static func attachmentPart(_ attachment: OutgoingAttachment) -> [UInt8] {
        let name = ParameterizedField.tokens("filename", attachment.fileName)
        var head = HeaderWriter.field("Content-Type", [attachment.mediaType])
        head += HeaderWriter.field("Content-Disposition", ["attachment;"] + name)
        head += "Content-Transfer-Encoding: base64\r\n\r\n"
        return Array(head.utf8) + Base64.encode(attachment.content, lineLength: 76) + [0x0D, 0x0A]
    }

    private static func multipart(_ subtype: String, _ parts: [[UInt8]]) -> [UInt8] {
        let boundary = freeBoundary(parts)
        var bytes = Array("Content-Type: multipart/\(subtype); boundary=\"\(boundary)\"\r\n\r\n".utf8)
        for part in parts { bytes += Array("--\(boundary)\r\n".utf8) + part + [0x0D, 0x0A] }
        return bytes + Array("--\(boundary)--\r\n".utf8)
    }

    /// A boundary that no line of the parts begins with. `=_` can stand in neither base64 nor quoted-printable; 7bit text is looked at.
    private static func freeBoundary(_ parts: [[UInt8]]) -> String {
        var number = 1
        while true {
            let boundary = "=_part_\(number)"
            let line = Array("\n--\(boundary)".utf8)
            if !parts.contains(where: { $0.firstRange(of: line) != nil }) { return boundary }
            number += 1
        }
    }
}
