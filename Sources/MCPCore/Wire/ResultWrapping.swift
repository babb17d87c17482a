/// Structured results that are no objects travel as `{"result": …}` where a revision allows only objects.
enum ResultWrapping {
    static let name = "result"
    /// Says in a schema that it wraps another one. It is the word of FastMCP for Python, whose clients look for it too.
    static let mark = "x-fastmcp-wrap-result"

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
        wrapped[mark] = true
        return references.rewritten(wrapped)
    }

    // MARK: Taking out

    /// How values travel whose listed schema is a certain one.
    enum Form: Sendable {
        /// As they are.
        case plain
        /// As `{"result": …}`, in a schema that has the form of a wrapped one and does not say that it is.
        case similar
        /// As `{"result": …}`, with the schema of the values themselves; `nil` where the listed one has more in it than wrapping brings about.
        case wrapped(JSONObject?)
    }

    static func form(of schema: JSONObject) -> Form {
        guard schema["type"] == "object", let properties = schema["properties"]?.object, properties.count == 1, let inner = properties[name],
            schema["required"] == [.string(name)]
        else { return .plain }
        if schema[mark] == true { return .wrapped(inner.object.flatMap { unwrapped($0, from: schema) }) }
        // Wrapping leaves that open; whoever describes a type of their own with such a member mostly says it.
        return schema["additionalProperties"] == nil ? .similar : .plain
    }

    /// The value of a structured result that has the form of a wrapped one.
    static func inner(of content: JSONValue) -> JSONValue? {
        guard let object = content.object, object.count == 1 else { return nil }
        return object[name]
    }

    /// The schema that a wrapped one was made of, or one that means the same; `nil` where wrapping it does not give the wrapped one again.
    private static func unwrapped(_ inner: JSONObject, from wrapped: JSONObject) -> JSONObject? {
        var schema = inner
        for keyword in MovedReferences.keptAtRoot {
            if let value = wrapped[keyword] { schema[keyword] = value }
        }
        schema = MovedReferences(schema, isReturning: true).rewritten(schema)
        var listed = wrapped
        // A generated name of the wrapping object.
        listed["title"] = nil
        return wrap(schema: schema) == listed ? schema : nil
    }
}

/// Rewrites the references of a schema that has moved from the root of its document to `properties/result`, or back.
private struct MovedReferences {
    static let keptAtRoot = ["$schema", "$id", "$defs", "definitions"]

    /// The schema's own `$id`, which references may begin with.
    private let id: String?
    private let dialect: SchemaDialect
    private let isReturning: Bool

    init(_ schema: JSONObject, isReturning: Bool = false) {
        self.isReturning = isReturning
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
        let place = "#/properties/\(ResultWrapping.name)"
        if isReturning {
            guard fragment == place || fragment.hasPrefix(place + "/") else { return nil }
            return "#" + fragment.dropFirst(place.count)
        }
        guard fragment.isEmpty || fragment == "#" || fragment.hasPrefix("#/") else { return nil }
        for keyword in Self.keptAtRoot where fragment == "#/\(keyword)" || fragment.hasPrefix("#/\(keyword)/") { return nil }
        return place + fragment.dropFirst()
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
