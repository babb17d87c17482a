/// A duration is a number of seconds, exact to the attosecond. The format `duration` (RFC 3339 appendix A) has neither fractions of a second
/// nor signs, and models write `90` more reliably than `PT1M30S`.
extension Duration: SchemaCodable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        ["type": "number", "description": "A number of seconds."]
    }

    public var json: JSONValue {
        let (seconds, attoseconds) = components
        guard attoseconds != 0 else { return .integer(seconds) }
        let sign = seconds < 0 || attoseconds < 0 ? "-" : ""
        let digits = String(attoseconds.magnitude)
        let literal = "\(sign)\(seconds.magnitude).\(String(repeating: "0", count: 18 - digits.count))\(digits)"
        return JSONDecimal(literal: literal).exactDouble.map(JSONValue.double) ?? .number(JSONNumber(unchecked: literal))
    }

    /// - Throws: `JSONDecodingError` where the value is no number, has more than 18 decimal places, or is beyond 64 bits of seconds.
    public init(json: JSONValue) throws {
        let decimal: JSONDecimal
        switch json {
        case .integer(let seconds):
            self = .seconds(seconds)
            return
        case .double(let value) where value.isFinite: decimal = JSONDecimal(literal: value.description)
        case .number(let value): decimal = JSONDecimal(literal: value.literal)
        default: throw JSONDecodingError(expected: "number of seconds", found: json)
        }
        guard let duration = Duration(decimal) else {
            throw JSONDecodingError(expected: "number of seconds in 64 bits, with at most 18 decimal places", found: json.serializedString)
        }
        self = duration
    }

    private init?(_ decimal: JSONDecimal) {
        let decimalPlaces = decimal.digits.count - decimal.exponent
        // Within these the digits and the zeros behind them fit 128 bits.
        guard decimal.exponent <= 19, decimalPlaces <= 18 else { return nil }
        var attoseconds = decimal.digits.reduce(Int128(0)) { $0 * 10 + Int128($1 - UInt8(ascii: "0")) }
        for _ in 0..<(18 - decimalPlaces) where attoseconds != 0 { attoseconds *= 10 }
        if decimal.isNegative { attoseconds.negate() }
        let (seconds, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
        guard let seconds = Int64(exactly: seconds) else { return nil }
        self.init(secondsComponent: seconds, attosecondsComponent: Int64(rest))
    }
}
