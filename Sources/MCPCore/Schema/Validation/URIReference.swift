/// A URI or relative reference taken apart, and resolution against a base (RFC 3986 sections 3 and 5.2).
struct URIReference: Sendable, CustomStringConvertible {
    var scheme: String?
    var authority: String?
    var path = ""
    var query: String?
    var fragment: String?

    init(_ text: String) {
        var rest = Substring(text)
        if let hash = rest.unicodeScalars.firstIndex(of: "#") {
            fragment = String(rest.unicodeScalars[hash...].dropFirst())
            rest = rest[..<hash]
        }
        if let mark = rest.unicodeScalars.firstIndex(of: "?") {
            query = String(rest.unicodeScalars[mark...].dropFirst())
            rest = rest[..<mark]
        }
        if let colon = rest.firstIndex(of: ":"), colon > rest.startIndex, !rest[..<colon].contains("/") {
            scheme = String(rest[..<colon]).lowercased()
            rest = rest[rest.index(after: colon)...]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        path = String(rest)
    }

    /// The URI that this reference means in a document whose URI is `base`.
    func resolved(against base: URIReference) -> URIReference {
        var result = self
        if scheme != nil {
            result.path = Self.withoutDotSegments(path)
            return result
        }
        result.scheme = base.scheme
        if authority != nil {
            result.path = Self.withoutDotSegments(path)
            return result
        }
        result.authority = base.authority
        if path.isEmpty {
            result.path = base.path
            if query == nil { result.query = base.query }
        } else if path.hasPrefix("/") {
            result.path = Self.withoutDotSegments(path)
        } else if base.authority != nil, base.path.isEmpty {
            result.path = Self.withoutDotSegments("/" + path)
        } else {
            let folder = base.path.lastIndex(of: "/").map { base.path[...$0] } ?? ""
            result.path = Self.withoutDotSegments(folder + path)
        }
        return result
    }

    private static func withoutDotSegments(_ path: String) -> String {
        guard path.contains("./") || path.hasSuffix(".") else { return path }
        var output: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { output.append("") }
            case "..":
                if output.count > 1 || output.first?.isEmpty == false { output.removeLast() }
                if isLast { output.append("") }
            default: output.append(segment)
            }
        }
        return output.joined(separator: "/")
    }

    /// The same without its fragment.
    var withoutFragment: URIReference {
        var result = self
        result.fragment = nil
        return result
    }

    var description: String {
        var text = ""
        if let scheme { text += scheme + ":" }
        if let authority { text += "//" + authority }
        text += path
        if let query { text += "?" + query }
        if let fragment { text += "#" + fragment }
        return text
    }

    /// Undoes percent encoding; `nil` where it is malformed or no UTF-8.
    static func percentDecoded(_ text: String) -> String? {
        guard text.utf8.contains(0x25) else { return text }
        var bytes: [UInt8] = []
        var rest = text.unicodeScalars.makeIterator()
        while let scalar = rest.next() {
            if scalar == "%" {
                guard let high = rest.next()?.hexadecimalDigit, let low = rest.next()?.hexadecimalDigit else { return nil }
                bytes.append(UInt8(high << 4 | low))
            } else {
                bytes += Array(String(scalar).utf8)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
