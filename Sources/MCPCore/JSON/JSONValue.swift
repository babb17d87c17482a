/// A JSON value (RFC 8259, with the I-JSON rules of RFC 7493 that names are unique and strings are valid Unicode).
///
/// Numbers are never rounded silently: an integer that fits 64 bits is `.integer`, a number that a `Double` writes back
/// with the same digits is `.double`, and every other number keeps its text in `.number`.
///
/// Values are equal when they are of the same case and content: strings and names by their UTF-8 bytes, numbers within their
/// case (`.integer(1)` is not `.double(1)`), members of objects in any order.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    /// A number that neither `Int64` nor `Double` holds exactly, as the digits that stood in the document.
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    public static func == (one: JSONValue, other: JSONValue) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.integer(let one), .integer(let other)): one == other
        case (.double(let one), .double(let other)): one == other
        case (.number(let one), .number(let other)): one == other
        case (.string(let one), .string(let other)): one.hasSameBytes(as: other)
        case (.array(let one), .array(let other)): one == other
        case (.object(let one), .object(let other)): one == other
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .string(let value): hasher.combineBytes(of: value)
        case .array(let value): hasher.combine(value)
        case .object(let value): hasher.combine(value)
        }
    }
}

/// The text of a JSON number that fits neither `Int64` nor `Double` without loss, for example `18446744073709551616`.
public struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// The number as RFC 8259 section 6 writes it.
    public let literal: String

    /// Takes a literal that is known to follow the grammar of RFC 8259 section 6.
    init(unchecked literal: String) { self.literal = literal }

    public var description: String { literal }
    /// The nearest `Double`; infinite where the exponent is out of range.
    public var approximation: Double { Double(literal) ?? .nan }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}

extension JSONValue {
    public var isNull: Bool { if case .null = self { true } else { false } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// The value as an integer: `3` and `3.0` both are, as JSON Schema 2020-12 has it; `3.5` and `2e300` are not.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .double(let value):
            // As far as both bounds the conversion is safe, and it leaves out the fraction.
            if value >= -0x1p63, value < 0x1p63, Double(Int64(value)) == value { Int64(value) } else { nil }
        default: nil
        }
    }

    /// The value as a number; the nearest `Double` where it has more digits than one holds.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .number(let value): value.approximation
        default: nil
        }
    }

    /// The member of that name; `nil` where there is none or this is no object.
    public subscript(name: String) -> JSONValue? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    /// The element at that index; `nil` out of bounds or where this is no array.
    public subscript(index: Int) -> JSONValue? {
        if case .array(let array) = self, array.indices.contains(index) { array[index] } else { nil }
    }

    /// The kind of value in the words of JSON Schema, for messages: `string`, `integer`, `object` and so on.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .double, .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
