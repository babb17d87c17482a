/// A form as a revision spells it. The forms of 2025-06-18 know no choice of several, no titled choice other than `enum` with `enumNames`, and a default
/// for flags alone (2025-06-18, client/elicitation, "Supported Schema Types"); from 2025-11-25 on all that `FormRules` lets through exists.
enum FormSpelling {
    /// Why clients of a revision cannot be asked with a form, although others can; `nil` where they can.
    static func fault(in schema: JSONValue?, for revision: ProtocolRevision) -> String? {
        guard revision < .v2025_11_25, let fields = schema?["properties"]?.object else { return nil }
        return fields.first { $0.value["type"] == "array" }.map {
            "the field \(quoted($0.key)) is a choice of several, which exists from \(ProtocolRevision.v2025_11_25.rawValue) on, and the session is of "
                + "\(revision.rawValue): ask for one, or for a flag for each"
        }
    }

    /// The form without what a revision does not know, where something else says the same or nothing is lost but comfort: titles stand in `enumNames`, and
    /// a field begins empty.
    static func form(_ schema: JSONObject, for revision: ProtocolRevision) -> JSONObject {
        guard revision < .v2025_11_25, let fields = schema["properties"]?.object else { return schema }
        var schema = schema
        schema["$schema"] = nil
        schema["properties"] = .object(JSONObject(fields.map { ($0.key, $0.value.object.map { .object(field($0)) } ?? $0.value) }))
        return schema
    }

    private static func field(_ field: JSONObject) -> JSONObject {
        var field = field
        if field["type"] != "boolean" { field["default"] = nil }
        if field["type"] == "string", let choices = field["oneOf"]?.array {
            field["oneOf"] = nil
            field["enum"] = .array(choices.compactMap { $0["const"] })
            field["enumNames"] = .array(choices.compactMap { $0["title"] })
        }
        return field
    }
}

/// What the language model can be asked in a revision. Before 2025-11-25 a message is one block (`SamplingMessage`): text, image or, from 2025-03-26 on, audio.
enum SamplingSpelling {
    /// Why clients of a revision cannot be asked this, although others can; `nil` where they can.
    static func fault(in params: JSONObject, for revision: ProtocolRevision) -> String? {
        guard revision < .v2025_11_25 else { return nil }
        for message in params["messages"]?.array ?? [] {
            let content = message["content"] ?? .null
            let types = (content.array ?? [content]).compactMap { $0["type"]?.string }
            if let type = types.first(where: { ["tool_use", "tool_result"].contains($0) }) {
                return fault("a message has a block \(quoted(type))", .v2025_11_25, revision, "put it as text")
            }
            if types.contains("audio"), revision < .v2025_03_26 {
                return fault("a message has a block \(quoted("audio"))", .v2025_03_26, revision, "put what is said as text")
            }
            if content.array != nil {
                return fault("the content of a message is a list of blocks", .v2025_11_25, revision, "make a message of each")
            }
        }
        return nil
    }

    private static func fault(_ what: String, _ first: ProtocolRevision, _ revision: ProtocolRevision, _ remedy: String) -> String {
        "\(what), which exists from \(first.rawValue) on, and the session is of \(revision.rawValue): \(remedy)"
    }
}

extension ClientCapabilities {
    /// What a client can be asked in a session of a revision. Before 2025-11-25 there are no pages (one would go out as a form without a schema, since `mode`
    /// does not exist there) and no tools for the language model, and `includeContext` needs nothing but `sampling`.
    func known(in revision: ProtocolRevision) -> ClientCapabilities {
        guard revision < .v2025_11_25 else { return self }
        var known = self
        known.elicitation?.url = false
        known.sampling?.tools = false
        known.sampling?.context = true
        return known
    }

    /// What of these the revision of a client does not know, although the client can be asked other things of the kind; `nil` where there is no such thing.
    func unknownMode(to peer: Peer) -> String? {
        guard peer.revision < .v2025_11_25 else { return nil }
        if elicitation?.url == true, peer.capabilities.elicitation != nil { return "asking the user to open a page" }
        if sampling?.tools == true, peer.capabilities.sampling != nil { return "giving the language model tools" }
        return nil
    }
}
