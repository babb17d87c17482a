/// The id of a JSON-RPC request: a string or an integer, never null (`RequestId` in the specification's schema).
public enum RequestID: Sendable, Hashable, CustomStringConvertible {
    case integer(Int64)
    case string(String)

    public var description: String {
        switch self {
        case .integer(let value): String(value)
        case .string(let value): value
        }
    }
}

extension RequestID: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(stringLiteral value: String) { self = .string(value) }
}

extension RequestID: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        switch self {
        case .integer(let value): .integer(value)
        case .string(let value): .string(value)
        }
    }

    public init(json: JSONValue) throws {
        switch json {
        case .string(let value): self = .string(value)
        default:
            guard let value = json.integer else {
                throw JSONDecodingError(expected: "string or integer", found: json)
            }
            self = .integer(value)
        }
    }
}
