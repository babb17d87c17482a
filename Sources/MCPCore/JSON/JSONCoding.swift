/// A type that can be written as JSON.
public protocol JSONEncodable {
    var json: JSONValue { get }
}

/// A type that can be read from JSON.
public protocol JSONDecodable {
    /// - Throws: `JSONDecodingError`, with the path of the value that does not fit and what was expected.
    init(json: JSONValue) throws
}

/// A value did not fit the type that it was to be read as.
public struct JSONDecodingError: Error, Sendable, CustomStringConvertible {
    /// Where the value stands, from the root of what was decoded.
    public var path: JSONPath
    /// What was expected, for example `integer` or `one of "asc", "desc"`.
    public var expected: String
    /// What was found, in a few words; `nil` where the value is missing.
    public var found: String?
    /// Whether what did not fit were the arguments of a call, which its client can mend.
    var isOfArguments = false

    public init(path: JSONPath = JSONPath(), expected: String, found: String?) {
        self.path = path
        self.expected = expected
        self.found = found
    }

    /// The value at the root of what is being decoded has the wrong type.
    public init(expected: String, found value: JSONValue) {
        self.init(expected: expected, found: value.typeName)
    }

    public var description: String {
        let place = path.description.isEmpty ? "value" : path.description
        guard let found else { return "\(place): expected \(expected), but it is missing" }
        return "\(place): expected \(expected), found \(found)"
    }

    /// Runs `body`, which reads the arguments of a call.
    static func ofArguments<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch var error as JSONDecodingError {
            error.isOfArguments = true
            throw error
        }
    }

    /// Runs `body` and puts `component` before the path of a decoding error that it throws.
    public static func at<T>(_ component: JSONPath.Component, _ body: () throws -> T) throws -> T {
        do { return try body() } catch var error as JSONDecodingError {
            error.path = JSONPath([component]).appending(contentsOf: error.path)
            throw error
        }
    }
}

extension JSONObject {
    /// The member of that name as `T`.
    /// - Throws: `JSONDecodingError` where it is missing or does not fit.
    public func decode<T: JSONDecodable>(_ name: String, as type: T.Type = T.self) throws -> T {
        try JSONDecodingError.at(.key(name)) {
            guard let value = self[name] else { throw JSONDecodingError(expected: "a value", found: String?.none) }
            return try T(json: value)
        }
    }

    /// The member of that name as `T`, or `nil` where it is missing or null.
    public func decodeIfPresent<T: JSONDecodable>(_ name: String, as type: T.Type = T.self) throws -> T? {
        guard let value = self[name], !value.isNull else { return nil }
        return try JSONDecodingError.at(.key(name)) { try T(json: value) }
    }

    /// Sets a member where there is a value, and leaves the object alone where there is none.
    mutating func set(_ name: String, _ value: (some JSONEncodable)?) {
        if let value { self[name] = value.json }
    }
}

extension JSONValue: JSONEncodable, JSONDecodable {
    public var json: JSONValue { self }
    public init(json: JSONValue) { self = json }
}

extension JSONObject: JSONEncodable, JSONDecodable {
    public var json: JSONValue { .object(self) }
    public init(json: JSONValue) throws {
        guard case .object(let object) = json else { throw JSONDecodingError(expected: "object", found: json) }
        self = object
    }
}

extension String: JSONEncodable, JSONDecodable {
    public var json: JSONValue { .string(self) }
    public init(json: JSONValue) throws {
        guard case .string(let value) = json else { throw JSONDecodingError(expected: "string", found: json) }
        self = value
    }
}

extension Bool: JSONEncodable, JSONDecodable {
    public var json: JSONValue { .bool(self) }
    public init(json: JSONValue) throws {
        guard case .bool(let value) = json else { throw JSONDecodingError(expected: "boolean", found: json) }
        self = value
    }
}

extension Int: JSONEncodable, JSONDecodable {
    public var json: JSONValue { .integer(Int64(self)) }
    public init(json: JSONValue) throws {
        guard let value = json.integer.flatMap(Int.init(exactly:)) else { throw JSONDecodingError(expected: "integer", found: json) }
        self = value
    }
}

extension Int64: JSONEncodable, JSONDecodable {
    public var json: JSONValue { .integer(self) }
    public init(json: JSONValue) throws {
        guard let value = json.integer else { throw JSONDecodingError(expected: "integer", found: json) }
        self = value
    }
}

extension Double: JSONEncodable, JSONDecodable {
    public var json: JSONValue { .double(self) }
    public init(json: JSONValue) throws {
        guard let value = json.double, value.isFinite else { throw JSONDecodingError(expected: "number", found: json) }
        self = value
    }
}

extension Array: JSONEncodable where Element: JSONEncodable {
    public var json: JSONValue { .array(map(\.json)) }
}

extension Array: JSONDecodable where Element: JSONDecodable {
    public init(json: JSONValue) throws {
        guard case .array(let values) = json else { throw JSONDecodingError(expected: "array", found: json) }
        self = []
        reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            append(try JSONDecodingError.at(.index(index)) { try Element(json: value) })
        }
    }
}

extension Dictionary: JSONEncodable where Key == String, Value: JSONEncodable {
    /// Members in the order of their names, so that what is written is stable.
    public var json: JSONValue {
        .object(JSONObject(sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }))
    }
}

extension Dictionary: JSONDecodable where Key == String, Value: JSONDecodable {
    public init(json: JSONValue) throws {
        guard case .object(let object) = json else { throw JSONDecodingError(expected: "object", found: json) }
        self = [:]
        for (key, value) in object { self[key] = try JSONDecodingError.at(.key(key)) { try Value(json: value) } }
    }
}
