extension JSONValue {
    /// Reads a JSON document in UTF-8 (RFC 8259, and the rules of RFC 7493 that names are unique and surrogates come in pairs).
    ///
    /// - Throws: `JSONParsingError` that says what was expected, and where.
    public init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits = .default) throws(JSONParsingError) {
        let result = withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { first in
            withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { second in
                Self.parsed(bytes, limits, scratch: (first, second))
            }
        }
        switch result {
        case .success(let value): self = value
        case .failure(let failure): throw JSONParsingError(failure, in: bytes, limits: limits)
        }
    }

    private static func parsed(
        _ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits, scratch: (UnsafeMutableRawBufferPointer, UnsafeMutableRawBufferPointer)
    ) -> Result<JSONValue, JSONParsingFailure> {
        guard bytes.count <= limits.maximumBytes else { return .failure(JSONParsingFailure(reason: .size, offset: limits.maximumBytes)) }
        guard let base = bytes.baseAddress else { return .failure(JSONParsingFailure(reason: .value, offset: 0)) }
        var parser = JSONParser(bytes, from: base.assumingMemoryBound(to: UInt8.self), limits: limits, scratch: scratch)
        do throws(JSONParsingFailure) {
            return .success(try parser.parse())
        } catch {
            return .failure(error)
        }
    }

    /// Reads a JSON document in UTF-8.
    ///
    /// - Throws: `JSONParsingError` that says what was expected, and where.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONParsingError) {
        self = try bytes.withUnsafeBytes { Self.parsed($0, limits) }.get()
    }

    /// Reads a JSON document in UTF-8. Bytes that do not lie together in memory are copied first.
    ///
    /// - Throws: `JSONParsingError` that says what was expected, and where.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .default) throws(JSONParsingError) {
        let result = bytes.withContiguousStorageIfAvailable { Self.parsed(UnsafeRawBufferPointer($0), limits) }
        if let result {
            self = try result.get()
        } else {
            self = try JSONValue(parsing: Array(bytes), limits: limits)
        }
    }

    /// Reads a JSON document.
    ///
    /// - Throws: `JSONParsingError` that says what was expected, and where.
    public init(parsing text: String, limits: JSONLimits = .default) throws(JSONParsingError) {
        self = try JSONValue(parsing: text.utf8, limits: limits)
    }

    @usableFromInline
    static func parsed(_ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits) -> Result<JSONValue, JSONParsingError> {
        Result { () throws(JSONParsingError) in try JSONValue(parsing: bytes, limits: limits) }
    }
}
