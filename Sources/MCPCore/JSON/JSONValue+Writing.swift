extension JSONValue {
    /// The value as a JSON document in UTF-8: without white space and in the order of members unless `options` say otherwise.
    ///
    /// NaN and infinities are written as `null` (see `JSONWriter`).
    public func serialized(_ options: JSONWriter.Options = []) -> [UInt8] {
        var writer = JSONWriter(options: options)
        writer.write(self)
        return writer.buffer
    }

    /// The value as a JSON document without white space.
    public var serializedString: String { String(decoding: serialized(), as: UTF8.self) }

    /// Writes the value where `writer` stands.
    public func write(to writer: inout JSONWriter) { writer.write(self) }

    /// The same bytes for equal values, whatever way they were written: for digests and comparisons.
    ///
    /// This is the JSON Canonicalization Scheme (RFC 8785): no white space, names in the order of their UTF-16 code units,
    /// numbers as ECMAScript writes them, so that `1`, `1.0` and `1e0` are all `1`. It differs where RFC 8785 would round:
    /// integers beyond 2⁵³ and decimals with more digits than a `Double` holds keep all their digits.
    public var canonicalBytes: [UInt8] { serialized([.sortedKeys, .canonicalNumbers]) }

    /// A number in the form of `canonicalBytes`; `null` for what JSON cannot say.
    var canonicalNumber: String {
        switch self {
        case .integer(let value): String(value)
        case .double(let value): (value.isFinite ? JSONDecimal(literal: value.description).canonical : nil) ?? "null"
        case .number(let value): JSONDecimal(literal: value.literal).canonical ?? value.literal
        default: "null"
        }
    }
}

extension JSONObject {
    /// The object as a JSON document in UTF-8.
    public func serialized(_ options: JSONWriter.Options = []) -> [UInt8] { JSONValue.object(self).serialized(options) }

    /// The object as a JSON document without white space.
    public var serializedString: String { JSONValue.object(self).serializedString }

    /// See `JSONValue.canonicalBytes`.
    public var canonicalBytes: [UInt8] { JSONValue.object(self).canonicalBytes }
}

extension JSONDecimal {
    /// The number as ECMAScript's Number::toString writes it (RFC 8785 section 3.2.2.3), but with all its digits.
    /// `nil` where the exponent is beyond what `exponent` can tell apart.
    var canonical: String? {
        if digits.isEmpty { return "0" }
        guard exponent.magnitude < 1 << 39 else { return nil }
        let text = String(decoding: digits, as: UTF8.self)
        let sign = isNegative ? "-" : ""
        let count = digits.count
        switch exponent {
        case 1...21 where count <= exponent: return sign + text + String(repeating: "0", count: exponent - count)
        case 1...21: return sign + String(text.prefix(exponent)) + "." + String(text.dropFirst(exponent))
        case -5...0: return sign + "0." + String(repeating: "0", count: -exponent) + text
        default:
            let power = exponent - 1
            let fraction = count > 1 ? "." + String(text.dropFirst()) : ""
            return sign + String(text.prefix(1)) + fraction + (power < 0 ? "e-" : "e+") + String(power.magnitude)
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as JSON without white space.
    public var description: String { serializedString }
}

extension JSONObject: CustomStringConvertible {
    /// The object as JSON without white space.
    public var description: String { serializedString }
}
