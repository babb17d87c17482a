import CLibPQ
import MCPCore

/// A type as the wire names it: the number of a row of `pg_type`, and its modifier.
struct PostgresType: Sendable, Hashable {
    var oid: UInt32
    var modifier: Int32

    /// The name of a built-in type that has no modifier; others are asked for with `format_type`.
    var builtInName: String? { modifier == -1 ? Self.builtIn[oid] : nil }

    private static let builtIn: [UInt32: String] = [
        16: "boolean", 17: "bytea", 18: "\"char\"", 19: "name", 20: "bigint", 21: "smallint", 23: "integer", 25: "text", 26: "oid",
        114: "json", 700: "real", 701: "double precision", 1042: "character", 1043: "character varying", 1082: "date",
        1083: "time without time zone", 1114: "timestamp without time zone", 1184: "timestamp with time zone", 1186: "interval",
        1700: "numeric", 2950: "uuid", 3802: "jsonb", 1009: "text[]", 1007: "integer[]", 1016: "bigint[]", 705: "unknown",
    ]

    /// A value in the text form of this type (`DateStyle` ISO, `bytea_output` hex) as a JSON value that loses nothing.
    func json(_ text: String) -> JSONValue {
        switch oid {
        case 16: .bool(text == "t")
        case 20, 21, 23, 26: Int64(text).map(ExactNumber.json) ?? .string(text)
        case 700, 701: Double(text).flatMap { $0.isFinite ? .double($0) : nil } ?? .string(text)
        case 1700: ExactNumber.json(decimal: text)
        case 17: Self.bytes(hex: text).map(BinaryValue.json) ?? .string(text)
        case 114, 3802: (try? JSONValue(parsing: text)) ?? .string(text)
        case 1114, 1184: .string(Self.iso8601(text))
        default: .string(text)
        }
    }

    /// `2025-01-02 03:04:05.5+00` as `2025-01-02T03:04:05.5Z`. Years before 1 and `infinity`, which ISO 8601 cannot say, stay.
    static func iso8601(_ text: String) -> String {
        guard let space = text.firstIndex(of: " "), !text.hasSuffix("BC") else { return text }
        var time = text[text.index(after: space)...]
        var zone = ""
        if let sign = time.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let offset = time[sign...]
            time = time[..<sign]
            zone = offset == "+00" ? "Z" : offset.count == 3 ? "\(offset):00" : String(offset)
        }
        return "\(text[..<space])T\(time)\(zone)"
    }

    static func bytes(hex text: String) -> [UInt8]? {
        guard text.hasPrefix("\\x") else { return nil }
        var digits = text.utf8.dropFirst(2)[...]
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        while let high = digits.popFirst() {
            guard let low = digits.popFirst(), let high = Character(Unicode.Scalar(high)).hexDigitValue,
                let low = Character(Unicode.Scalar(low)).hexDigitValue
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
