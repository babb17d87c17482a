/// The definition of a tool, as `tools/list` gives it (`Tool`).
public struct Tool: Sendable, Hashable {
    /// 1 to 128 characters of `A-Z a-z 0-9 _ - .`, unique in its server.
    public var name: String
    /// The name for people, from 2025-06-18.
    public var title: String?
    /// What the tool does, for the model.
    public var description: String?
    /// A JSON Schema with `type: "object"`.
    public var inputSchema: JSONObject
    /// A JSON Schema of `structuredContent`, from 2025-06-18.
    public var outputSchema: JSONObject?
    public var annotations: ToolAnnotations?
    public var icons: [Icon]
    public var meta: JSONObject?

    public init(
        name: String, title: String? = nil, description: String? = nil, inputSchema: JSONObject = ["type": "object"],
        outputSchema: JSONObject? = nil, annotations: ToolAnnotations? = nil, icons: [Icon] = [], meta: JSONObject? = nil
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.inputSchema = inputSchema
        self.outputSchema = outputSchema
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
    }
}

extension Tool: JSONEncodable, JSONDecodable {
    public var json: JSONValue { .object(members) }

    var members: JSONObject {
        var object: JSONObject = ["name": .string(name)]
        object.set("title", title)
        object.set("description", description)
        object["inputSchema"] = .object(inputSchema)
        object.set("outputSchema", outputSchema)
        object.set("annotations", annotations)
        object.set("icons", icons.nonEmpty)
        object.set("_meta", meta)
        return object
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            name: try object.decode("name"),
            title: try object.decodeIfPresent("title"),
            description: try object.decodeIfPresent("description"),
            inputSchema: try object.decode("inputSchema"),
            outputSchema: try object.decodeIfPresent("outputSchema"),
            annotations: try object.decodeIfPresent("annotations"),
            icons: try Icon.usable(in: object),
            meta: try object.decodeIfPresent("_meta"))
    }
}

/// Hints about what a tool does (`ToolAnnotations`, from 2025-03-26). From a server that is not trusted they are not to be relied on.
public struct ToolAnnotations: Sendable, Hashable {
    public var title: String?
    /// It changes nothing. Default: false.
    public var readOnlyHint: Bool?
    /// It may destroy something; only where it is not read-only. Default: true.
    public var destructiveHint: Bool?
    /// Calling it again with the same arguments changes nothing more. Default: false.
    public var idempotentHint: Bool?
    /// It reaches beyond a closed domain, to the web or other people. Default: true.
    public var openWorldHint: Bool?

    public init(
        title: String? = nil, readOnlyHint: Bool? = nil, destructiveHint: Bool? = nil, idempotentHint: Bool? = nil,
        openWorldHint: Bool? = nil
    ) {
        self.title = title
        self.readOnlyHint = readOnlyHint
        self.destructiveHint = destructiveHint
        self.idempotentHint = idempotentHint
        self.openWorldHint = openWorldHint
    }
}

extension ToolAnnotations: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object = JSONObject()
        object.set("title", title)
        object.set("readOnlyHint", readOnlyHint)
        object.set("destructiveHint", destructiveHint)
        object.set("idempotentHint", idempotentHint)
        object.set("openWorldHint", openWorldHint)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            title: try object.decodeIfPresent("title"),
            readOnlyHint: try object.decodeIfPresent("readOnlyHint"),
            destructiveHint: try object.decodeIfPresent("destructiveHint"),
            idempotentHint: try object.decodeIfPresent("idempotentHint"),
            openWorldHint: try object.decodeIfPresent("openWorldHint"))
    }
}
