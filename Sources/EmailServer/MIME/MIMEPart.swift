/// A part of a message (RFC 2045, RFC 2046): a leaf with its octets or a multipart with its parts.
struct MIMEPart: Sendable {
    var headers: HeaderFields
    var contentType: ParameterizedField
    var disposition: ParameterizedField?
    /// Octets of the body, still in their transfer encoding.
    var body: ArraySlice<UInt8>
    /// Empty in a leaf.
    var parts: [MIMEPart] = []

    /// Deeper multiparts and further parts are kept as leaves: a message cannot exhaust the stack or the memory.
    static let maximumDepth = 16
    static let maximumParts = 500

    /// Reads a message. Never fails: what is broken is read as far as it goes.
    init(parsing message: [UInt8]) {
        var budget = Self.maximumParts
        self.init(message[...], depth: 0, budget: &budget, defaultType: "text/plain")
    }

    private init(_ bytes: ArraySlice<UInt8>, depth: Int, budget: inout Int, defaultType: String) {
        let (headers, bodyStart) = HeaderFields.parse(bytes)
        self.headers = headers
        body = bytes[bodyStart...]
        contentType = ParameterizedField(parsing: headers["Content-Type"] ?? defaultType)
        if !contentType.value.contains("/") { contentType.value = defaultType }
        disposition = headers["Content-Disposition"].map { ParameterizedField(parsing: $0) }
        guard contentType.value.hasPrefix("multipart/"), depth < Self.maximumDepth,
            let boundary = contentType.parameters["boundary"], (1...200).contains(boundary.utf8.count)
        else { return }
        let inner = contentType.value == "multipart/digest" ? "message/rfc822" : "text/plain"
        for section in Self.sections(of: body, boundary: Array(boundary.utf8), limit: budget) {
            guard budget > 0 else { break }
            budget -= 1
            parts.append(MIMEPart(section, depth: depth + 1, budget: &budget, defaultType: inner))
        }
    }

    /// What stands between the boundary lines (RFC 2046 section 5.1.1); a missing last boundary is forgiven.
    private static func sections(of body: ArraySlice<UInt8>, boundary: [UInt8], limit: Int) -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        var sectionStart: Int?
        var index = body.startIndex
        while index < body.endIndex, result.count < limit {
            let newline = body[index...].firstIndex(of: 0x0A)
            let lineEnd = newline ?? body.endIndex
            let next = newline.map { $0 + 1 } ?? body.endIndex
            if let mark = delimiter(body[index..<lineEnd], boundary) {
                if let start = sectionStart {
                    // The line end before a boundary belongs to the boundary.
                    var end = index
                    if end > start, body[end - 1] == 0x0A { end -= 1 }
                    if end > start, body[end - 1] == 0x0D { end -= 1 }
                    result.append(body[start..<end])
                }
                if mark == .close { return result }
                sectionStart = next
            }
            index = next
        }
        if let start = sectionStart, start < body.endIndex, result.count < limit { result.append(body[start...]) }
        return result
    }

    private enum Delimiter { case open, close }

    private static func delimiter(_ line: ArraySlice<UInt8>, _ boundary: [UInt8]) -> Delimiter? {
        let dash = UInt8(ascii: "-")
        guard line.count >= boundary.count + 2, line.first == dash, line.dropFirst().first == dash,
            line.dropFirst(2).starts(with: boundary)
        else { return nil }
        let rest = line.dropFirst(2 + boundary.count)
        let isClose = rest.starts(with: [dash, dash])
        let padding = isClose ? rest.dropFirst(2) : rest
        return padding.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } ? (isClose ? .close : .open) : nil
    }

    /// The octets of a leaf.
    var decodedBody: [UInt8] { TransferEncoding.decode(body, encoding: headers["Content-Transfer-Encoding"]?.trimmed) }

    /// The text of a leaf, in lines that end in a line feed.
    var decodedText: String { Charset.decode(decodedBody, charset: contentType.parameters["charset"]).asReadableText }

    /// The name that the sender gave the part: without directories and control characters.
    var fileName: String? {
        guard let name = disposition?.parameters["filename"] ?? contentType.parameters["name"] else { return nil }
        let last = name.asReadableLine.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        return last.isEmpty ? nil : last.prefix(bytes: 200)
    }

    var isText: Bool { contentType.value == "text/plain" || contentType.value == "text/html" }

    /// A leaf that is not part of the text that people read.
    var isAttachment: Bool {
        parts.isEmpty && (disposition?.value == "attachment" || fileName != nil || !isText) && !contentType.value.hasPrefix("multipart/")
    }
}
