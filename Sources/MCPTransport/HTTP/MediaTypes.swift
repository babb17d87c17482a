import HTTPTypes

/// Reads `Content-Type` and `Accept` (RFC 9110 sections 8.3 and 12.5.1), byte by byte: both stand in every request.
enum MediaTypes {
    static func isJSON(_ header: String?) -> Bool {
        header?.withHeaderBytes { essence(of: $0[...]).equalsIgnoringCase("application/json") } ?? false
    }

    /// Whether a media type is acceptable; no `Accept` accepts nothing here, because the specification demands both types by name.
    static func accepts(_ header: String?, _ wanted: StaticString) -> Bool {
        header?.withHeaderBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
                let range = essence(of: rest[..<end])
                if range.equalsIgnoringCase(wanted) || range.elementsEqual("*/*".utf8) || range.isGroup(of: wanted) { return true }
                rest = rest[end...].dropFirst()
            }
            return false
        } ?? false
    }

    /// Type and subtype, without parameters.
    private static func essence(of range: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
        let end = range.firstIndex(of: UInt8(ascii: ";")) ?? range.endIndex
        return range[..<end].trimmingBlanks()
    }
}

extension HTTPAnswer {
    /// The refusal of a body that its headers do not call plain JSON; `nil` where they do.
    static func refusal(ofBodyWith headers: HTTPFields) -> HTTPAnswer? {
        guard MediaTypes.isJSON(headers.value(of: .contentType)) else {
            return .refused(.unsupportedMediaType, "Send JSON, with Content-Type: application/json")
        }
        guard headers.value(of: .contentEncoding).map({ $0.lowercased() == "identity" }) ?? true else {
            return .refused(.unsupportedMediaType, "Send the body as it is, without Content-Encoding", headers: [.acceptEncoding: "identity"])
        }
        return nil
    }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    /// Without the blanks around it, which are not part of a header's value (RFC 9110 section 5.5).
    func trimmingBlanks() -> Self {
        var trimmed = self
        while let first = trimmed.first, first == 0x20 || first == 0x09 { trimmed.removeFirst() }
        while let last = trimmed.last, last == 0x20 || last == 0x09 { trimmed.removeLast() }
        return trimmed
    }

    /// - Parameter text: In lower case.
    fileprivate func equalsIgnoringCase(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && indices.allSatisfy { lowerCase(at: $0) == text.utf8Start[$0 - startIndex] }
    }

    /// Whether this is `type/*` for the type of `text`, which is in lower case.
    fileprivate func isGroup(of text: StaticString) -> Bool {
        guard count >= 2, last == UInt8(ascii: "*"), self[endIndex - 2] == UInt8(ascii: "/"), count - 1 <= text.utf8CodeUnitCount else { return false }
        return indices.dropLast().allSatisfy { lowerCase(at: $0) == text.utf8Start[$0 - startIndex] }
    }

    private func lowerCase(at index: Int) -> UInt8 {
        let byte = self[index]
        return (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension String {
    /// Calls `body` with the bytes of a header's value.
    func withHeaderBytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        utf8.withContiguousStorageIfAvailable(body) ?? Array(utf8).withUnsafeBufferPointer(body)
    }

    /// Without the blanks around it, which are not part of a header's value (RFC 9110 section 5.5).
    func trimmingBlanks() -> String {
        withHeaderBytes { bytes in
            let trimmed = bytes[...].trimmingBlanks()
            return trimmed.count == bytes.count ? self : String(decoding: trimmed, as: UTF8.self)
        }
    }
}
