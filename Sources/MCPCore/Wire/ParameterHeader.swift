/// A parameter of a tool that Streamable HTTP mirrors into a header (`x-mcp-header`; 2026-07-28, basic/transports/streamable-http,
/// "Custom Headers from Tool Parameters").
public struct ParameterHeader: Sendable, Hashable {
    /// The value of the annotation, for example `Region`.
    public var name: String
    /// The names of the properties from the root of the arguments to the parameter.
    public var path: [String]
    /// Whether the parameter is a whole number, which may be written in more than one way.
    public var isInteger: Bool

    static let annotation = "x-mcp-header"
    private static let safeIntegers: ClosedRange<Int64> = -9_007_199_254_740_991...9_007_199_254_740_991

    /// The header's name, for example `Mcp-Param-Region`.
    public var headerName: String { "Mcp-Param-\(name)" }

    /// The plain value of the header for these arguments; `nil` where the parameter is missing, null, or nothing that a header can carry:
    /// a whole number beyond 2^53 - 1 would be another one to whoever reads it as a double, and is not mirrored.
    public func value(in arguments: JSONObject) -> String? {
        var value = JSONValue.object(arguments)
        for name in path {
            guard let next = value[name] else { return nil }
            value = next
        }
        switch value {
        case .string(let text): return text
        case .bool(let flag): return flag ? "true" : "false"
        default: return value.integer.flatMap { Self.safeIntegers.contains($0) ? String($0) : nil }
        }
    }

    /// Whether the header's plain value says what these arguments say ("Server Validation"): whole numbers are compared as numbers, so that `42.0` is `42`,
    /// and everything else byte for byte.
    /// - Parameter header: Decoded and without blanks around it; `nil` where it is missing.
    public func agrees(_ header: String?, with arguments: JSONObject) -> Bool {
        guard let header, let expected = value(in: arguments) else { return header == nil && value(in: arguments) == nil }
        if header.utf8.elementsEqual(expected.utf8) { return true }
        guard isInteger, let integer = Int64(expected) else { return false }
        return Self.wholeNumber(header) == integer
    }

    /// A number in the grammar of JSON, which knows neither `007` nor `0x7` nor `+7`.
    private static func wholeNumber(_ text: String) -> Int64? {
        // Around a number in JSON there may be blanks; there are none in one.
        guard let last = text.utf8.last, isDigit(last), let first = text.utf8.first, first == UInt8(ascii: "-") || isDigit(first) else { return nil }
        return (try? JSONValue(parsing: text))?.integer
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// An `x-mcp-header` breaks a rule, so that the tool cannot be used over HTTP.
public struct ParameterHeaderError: Error, Sendable, Hashable, CustomStringConvertible {
    public var path: JSONPath
    public var reason: String
    public var description: String { "x-mcp-header at \(path.isRoot ? "the root" : path.description) of its inputSchema: \(reason)" }
}

extension ParameterHeader {
    /// The annotated parameters of a tool, in the order of the schema.
    /// - Throws: `ParameterHeaderError` for the first annotation that breaks a rule.
    public static func all(in inputSchema: JSONObject) throws(ParameterHeaderError) -> [ParameterHeader] {
        var headers: [ParameterHeader] = []
        try walk(.object(inputSchema), properties: [], at: JSONPath(), isReachable: true, into: &headers)
        return headers
    }

    private static let primitives: Set<String> = ["string", "integer", "boolean"]
    /// Keywords whose value is a schema, or an array of schemas.
    private static let schemas: Set<String> = [
        "items", "prefixItems", "additionalItems", "contains", "additionalProperties", "unevaluatedItems", "unevaluatedProperties",
        "propertyNames", "contentSchema", "not", "if", "then", "else", "allOf", "anyOf", "oneOf",
    ]
    /// Keywords whose value is an object of schemas.
    private static let namedSchemas: Set<String> = ["patternProperties", "dependentSchemas", "$defs", "definitions"]

    /// - Parameter isReachable: Whether only `properties` lie between the root and this schema.
    private static func walk(
        _ schema: JSONValue, properties: [String], at path: JSONPath, isReachable: Bool, into headers: inout [ParameterHeader]
    ) throws(ParameterHeaderError) {
        guard case .object(let schema) = schema else { return }
        if let annotation = schema[annotation] {
            guard isReachable, !properties.isEmpty else {
                throw ParameterHeaderError(path: path, reason: "only a property that is reached through `properties` alone may have it")
            }
            let name = try name(annotation, of: schema, at: path, among: headers)
            headers.append(ParameterHeader(name: name, path: properties, isInteger: types(of: schema).contains("integer")))
        }
        for (keyword, value) in schema {
            let place = path.appending(keyword)
            if keyword == "properties", let members = value.object {
                for (name, member) in members {
                    try walk(member, properties: properties + [name], at: place.appending(name), isReachable: isReachable, into: &headers)
                }
            } else if schemas.contains(keyword) {
                if let elements = value.array {
                    for (index, element) in elements.enumerated() {
                        try walk(element, properties: properties, at: place.appending(index), isReachable: false, into: &headers)
                    }
                } else {
                    try walk(value, properties: properties, at: place, isReachable: false, into: &headers)
                }
            } else if namedSchemas.contains(keyword), let members = value.object {
                for (name, member) in members {
                    try walk(member, properties: properties, at: place.appending(name), isReachable: false, into: &headers)
                }
            }
        }
    }

    private static func name(
        _ annotation: JSONValue, of schema: JSONObject, at path: JSONPath, among headers: [ParameterHeader]
    ) throws(ParameterHeaderError) -> String {
        guard case .string(let name) = annotation else { throw ParameterHeaderError(path: path, reason: "it must be a string") }
        guard !name.isEmpty, name.utf8.allSatisfy(isTokenCharacter) else {
            throw ParameterHeaderError(path: path, reason: "`\(name)` is no token of RFC 9110")
        }
        let types = types(of: schema)
        guard types.count(where: primitives.contains) == 1, types.allSatisfy({ primitives.contains($0) || $0 == "null" }) else {
            throw ParameterHeaderError(path: path, reason: "only parameters of type string, integer or boolean may have it")
        }
        guard !headers.contains(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw ParameterHeaderError(path: path, reason: "`\(name)` is used twice")
        }
        return name
    }

    private static func types(of schema: JSONObject) -> [String] {
        schema["type"]?.string.map { [$0] } ?? schema["type"]?.array?.compactMap(\.string) ?? []
    }

    /// `tchar` of RFC 9110 section 5.6.2.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
