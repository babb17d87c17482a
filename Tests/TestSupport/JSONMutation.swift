import MCPCore

/// A small change of a JSON document, at a random place.
public enum JSONMutation {
    /// A value is replaced by one of another type, or a member is added or removed, or an element is doubled: often invalid, but not always.
    public static func anything(_ value: JSONValue, using random: inout SeededGenerator) -> JSONValue {
        change(value, using: &random) { place, random in
            switch (Int.random(in: 0..<4, using: &random), place) {
            case (0, .object(var object)) where !object.isEmpty:
                if let name = object.keys.randomElement(using: &random) { object[name] = nil }
                return .object(object)
            case (1, .object(var object)):
                object["unknown"] = 1
                return .object(object)
            case (0, .array(var array)) where !array.isEmpty:
                array.append(array[Int.random(in: array.indices, using: &random)])
                return .array(array)
            case (1, .string(let text)): return .string(text + "x")
            case (2, _): return otherType(than: place, using: &random)
            // No numbers that only a decoder refuses: those beyond 64 bits, or what a `Float` or a `Duration` holds.
            default: return ["text", "red", true, nil, [], [1], [:], ["name": 1], 0.5, -3, 7].randomElement(using: &random) ?? nil
            }
        }
    }

    /// A value is replaced by one of another type, never by `null`: invalid wherever the schema says one type.
    public static func type(_ value: JSONValue, using random: inout SeededGenerator) -> JSONValue {
        change(value, using: &random) { otherType(than: $0, using: &$1) }
    }

    private static func otherType(than value: JSONValue, using random: inout SeededGenerator) -> JSONValue {
        let others: [JSONValue] = ["text", true, [1], ["name": 1], 0.5].filter { $0.typeName != value.typeName && !(isNumber($0) && isNumber(value)) }
        return others.randomElement(using: &random) ?? .null
    }

    private static func isNumber(_ value: JSONValue) -> Bool { value.double != nil }

    /// Goes down to a random place and changes what is there.
    private static func change(
        _ value: JSONValue, using random: inout SeededGenerator, _ body: (JSONValue, inout SeededGenerator) -> JSONValue
    ) -> JSONValue {
        let stops = Int.random(in: 0..<4, using: &random) == 0
        switch value {
        case .array(var array) where !array.isEmpty && !stops:
            let index = Int.random(in: array.indices, using: &random)
            array[index] = change(array[index], using: &random, body)
            return .array(array)
        case .object(var object) where !object.isEmpty && !stops:
            if let name = object.keys.randomElement(using: &random), let member = object[name] {
                object[name] = change(member, using: &random, body)
            }
            return .object(object)
        default: return body(value, &random)
        }
    }
}
