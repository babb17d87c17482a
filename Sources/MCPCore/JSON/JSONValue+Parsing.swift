extension JSONValue {
    /// Reads a JSON document in UTF-8 (RFC 8259, and the rules of RFC 7493 that names are unique and surrogates come in pairs).
    ///
    /// - Throws: `JSONParsingError` that says what was expected, and where.
    public init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits = .default) throws(JSONParsingError) {
        switch Self.parse(bytes, limits).result {
        case .success(let value): self = value
        case .failure(let failure): throw JSONParsingError(failure, in: bytes, limits: limits)
        }
    }

    /// Reads a message of a connection, with what is remembered of the last one. The limits are the same for all messages of the connection.
    init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits, remembering meta: inout RememberedMeta) throws(JSONParsingError) {
        let (result, fresh) = withUnsafePointer(to: meta) { Self.parse(bytes, limits, remembered: $0) }
        switch result {
        case .success(let value):
            if let fresh { meta.remember(fresh.object, readFrom: fresh.bytes) }
            self = value
        case .failure(let failure): throw JSONParsingError(failure, in: bytes, limits: limits)
        }
    }

    private typealias Parsed = (result: Result<JSONValue, JSONParsingFailure>, meta: JSONParser.FreshMeta?)

    private static func parse(_ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits, remembered: UnsafePointer<RememberedMeta>? = nil) -> Parsed {
        withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { first in
            withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { second in
                parse(bytes, limits, remembered, scratch: (first, second))
            }
        }
    }

    private static func parse(
        _ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits, _ remembered: UnsafePointer<RememberedMeta>?,
        scratch: (UnsafeMutableRawBufferPointer, UnsafeMutableRawBufferPointer)
    ) -> Parsed {
        guard bytes.count <= limits.maximumBytes else { return (.failure(JSONParsingFailure(reason: .size, offset: limits.maximumBytes)), nil) }
        guard let base = bytes.baseAddress else { return (.failure(JSONParsingFailure(reason: .value, offset: 0)), nil) }
        var parser = JSONParser(bytes, from: base.assumingMemoryBound(to: UInt8.self), limits: limits, remembered: remembered, scratch: scratch)
        do throws(JSONParsingFailure) {
            return (.success(try parser.parse()), parser.freshMeta)
        } catch {
            return (.failure(error), nil)
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
