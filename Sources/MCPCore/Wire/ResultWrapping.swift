/// Structured results that are no objects travel as `{"result": …}` where a revision allows only objects.
enum ResultWrapping {
    static let name = "result"

    /// Whether values of that schema may be something other than objects.
    static func isNeeded(for schema: JSONObject) -> Bool { schema["type"] != "object" }

    static func wrap(value: JSONValue) -> JSONObject { [name: value] }

    /// The schema of wrapped values. What is said of the whole document, and the definitions that references lead to, stay at its root; references to
    /// other places in the schema follow it to where it stands now.
    static func wrap(schema: JSONObject) -> JSONObject {
        let references = MovedReferences(schema)
        var inner = schema
        var wrapped: JSONObject = ["type": "object"]
        for keyword in MovedReferences.keptAtRoot {
            wrapped[keyword] = inner[keyword]
            inner[keyword] = nil
        }
        wrapped["properties"] = [name: .object(inner)]
        wrapped["required"] = [.string(name)]
        return references.rewritten(wrapped)
    }
}

/// Rewrites the references of a schema that has moved from the root of its document to `properties/result`.
private struct MovedReferences {
    static let keptAtRoot = ["$schema", "$id", "$defs", "definitions"]

    /// The schema's own `$id`, which references may begin with.
    private let id: String?
    private let dialect: SchemaDialect

    init(_ schema: JSONObject) {
        id = schema["$id"]?.string
        let uri = schema["$schema"]?.string?.drop { $0 != ":" }
        dialect = SchemaDialect.allCases.first { dialect in uri?.hasPrefix(dialect.uri.drop { $0 != ":" }) == true } ?? .draft2020_12
    }

    func rewritten(_ schema: JSONObject) -> JSONObject {
        var rewritten = schema
        for keyword in ["$ref", "$dynamicRef"] {
            if let reference = schema[keyword]?.string.flatMap(moved) { rewritten[keyword] = .string(reference) }
        }
        SubschemaKeywords.forEach(in: schema, at: SchemaLocation(document: 0, path: JSONPath()), dialect) { location, value in
            // References in a schema with an id of its own lead to places in that one.
            guard let inner = value.object, inner["$id"] == nil else { return }
            rewritten.set(.object(self.rewritten(inner)), at: location.path)
        }
        return rewritten
    }

    /// - Returns: `nil` for a reference that leads to the same place as before.
    private func moved(_ reference: String) -> String? {
        var fragment = reference[...]
        if let id, fragment.hasPrefix(id) { fragment = fragment.dropFirst(id.count) }
        guard fragment.isEmpty || fragment == "#" || fragment.hasPrefix("#/") else { return nil }
        for keyword in Self.keptAtRoot where fragment == "#/\(keyword)" || fragment.hasPrefix("#/\(keyword)/") { return nil }
        return "#/properties/\(ResultWrapping.name)" + fragment.dropFirst()
    }
}

extension JSONObject {
    /// Replaces a subschema: a member, or one in the object or array that a member is.
    fileprivate mutating func set(_ subschema: JSONValue, at path: JSONPath) {
        guard case .key(let keyword)? = path.components.first else { return }
        switch path.components.dropFirst().first {
        case .key(let name)?:
            var members = self[keyword]?.object ?? [:]
            members[name] = subschema
            self[keyword] = .object(members)
        case .index(let index)?:
            var elements = self[keyword]?.array ?? []
            elements[index] = subschema
            self[keyword] = .array(elements)
        case nil: self[keyword] = subschema
        }
    }
}
