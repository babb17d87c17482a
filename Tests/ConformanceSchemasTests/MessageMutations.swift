import MCPCore

/// Small changes to a message, one at a time and everywhere: what a broken implementation might send.
enum MessageMutations {
    /// A changed message, and what was changed.
    struct Mutation {
        var change: String
        var json: JSONValue
    }

    static func of(_ message: JSONValue) -> [Mutation] {
        var mutations: [Mutation] = []
        change(message, at: JSONPath()) { mutations.append(Mutation(change: $0, json: $1)) }
        return mutations
    }

    /// Calls `emit` with each changed form of `value`.
    private static func change(_ value: JSONValue, at path: JSONPath, _ emit: (String, JSONValue) -> Void) {
        if !path.isRoot {
            for (what, replacement) in replacements(of: value) where replacement != value { emit("\(path) is \(what)", replacement) }
        }
        switch value {
        case .object(let object):
            for (name, member) in object {
                var without = object
                without.removeValue(forKey: name)
                emit("\(path.appending(name)) is missing", .object(without))
                change(member, at: path.appending(name)) { what, changed in
                    var other = object
                    other[name] = changed
                    emit(what, .object(other))
                }
            }
            var more = object
            more["x-unknown"] = ["anything": 1]
            emit("\(path) has an unknown member", .object(more))
        case .array(let elements):
            for (index, element) in elements.enumerated().prefix(2) {
                change(element, at: path.appending(index)) { what, changed in
                    var other = elements
                    other[index] = changed
                    emit(what, .array(other))
                }
            }
            emit("\(path) has a null", .array(elements + [.null]))
        default: break
        }
    }

    private static func replacements(of value: JSONValue) -> [(String, JSONValue)] {
        let others: [(String, JSONValue)] = [
            ("null", .null), ("a truth value", true), ("an integer", 7), ("a fraction", 0.5), ("negative", -1), ("an unknown word", "unknown"),
            ("an empty array", []), ("an empty object", [:]),
        ]
        return others
    }
}
