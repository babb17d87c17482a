/// A question to the client that a call can ask: alone, or with others in one round through `RequestContext.ask`.
public struct Question<Value: Sendable>: Sendable {
    let raw: RawQuestion
    let read: @Sendable (JSONObject) throws -> Value
}

/// A question as it travels.
struct RawQuestion: Sendable {
    /// Unique within the call.
    var id: String
    var method: String
    var params: JSONObject
    /// What the client must have declared.
    var capability: ClientCapabilities
    /// Whether a result is an answer to this question at all.
    var accepts: @Sendable (JSONObject) -> Bool = { _ in true }
    /// By what the client of 2025-11-25 knows a page.
    var elicitationID: String?
    /// Why nobody can be asked this, where that is so: a fault of the handler.
    var fault: String?

    /// - Throws: Where a client with these capabilities cannot be asked, or nobody can.
    func check(against capabilities: ClientCapabilities) throws {
        guard isServed(by: capabilities) else { throw RequestFailure.missingCapability(capability) }
        if let fault { throw JSONRPCError(.internalError, "The handler asks what no client can be asked: \(fault)") }
    }

    /// - Throws: Where the client cannot be asked, for what it has declared or because its revision does not know the question, or nobody can.
    func check(against peer: Peer) throws {
        // It makes no difference what the client has declared: its revision has no such thing.
        if let mode = capability.unknownMode(to: peer) {
            let revisions = "exists from \(ProtocolRevision.v2025_11_25.rawValue) on, and the session is of \(peer.revision.rawValue)"
            throw JSONRPCError(
                .invalidRequest, "The client cannot be asked this: \(mode) \(revisions)", data: ["requiredCapabilities": capability.json])
        }
        try check(against: peer.capabilities)
        let fault: String? =
            switch method {
            case "elicitation/create": FormSpelling.fault(in: params["requestedSchema"], for: peer.revision)
            case SamplingRequest.method: SamplingSpelling.fault(in: params, for: peer.revision)
            default: nil
            }
        if let fault { throw JSONRPCError(.internalError, "The handler asks what this client cannot be asked: \(fault)") }
    }

    /// Whether a client with these capabilities can be asked.
    func isServed(by capabilities: ClientCapabilities) -> Bool {
        if let needed = capability.elicitation {
            guard let has = capabilities.elicitation, has.form || !needed.form, has.url || !needed.url else { return false }
        }
        if let needed = capability.sampling {
            guard let has = capabilities.sampling, has.tools || !needed.tools, has.context || !needed.context else { return false }
        }
        return capability.roots == nil || capabilities.roots != nil
    }
}

extension Question {
    /// A form for the user (`elicitation/create`, form mode).
    /// - Parameters:
    ///   - id: Unique within the call; the same question has the same id each time the handler runs.
    ///   - type: A flat type: strings, numbers, booleans, enums and arrays of enums. Its schema makes the form. Any other type is a fault of the handler,
    ///     and nobody is asked.
    ///   - message: What is asked and why, for the user.
    public static func elicit<T: SchemaCodable>(_ id: String, _ type: T.Type = T.self, _ message: String) -> Question<Answer<T>>
    where Value == Answer<T> {
        let schema = ElicitationSchema(of: T.self)
        let raw = RawQuestion(
            id: id, method: "elicitation/create",
            params: ["mode": "form", "message": .string(message), "requestedSchema": .object(schema.requested)],
            capability: ClientCapabilities(elicitation: .init(form: true)),
            // A type may want more than its schema says.
            accepts: { schema.accepts($0) && (try? Self.read($0, T.self)) != nil }, fault: schema.fault)
        return Question<Answer<T>>(raw: raw) { try Self.read($0, T.self) }
    }

    private static func read<T: SchemaCodable>(_ result: JSONObject, _ type: T.Type) throws -> Answer<T> {
        try Answer<T>(elicitationResult: result) { try T(json: .object($0)) }
    }
}

extension Question {
    /// A page for the user to open (`elicitation/create`, URL mode).
    /// - Parameter elicitationID: Unique in the server, for `Server.elicitationCompleted`; a random one where it is left out.
    public static func elicit(_ id: String, url: String, elicitationID: String? = nil, _ message: String) -> Question<Answer<Void>>
    where Value == Answer<Void> {
        let raw = RawQuestion(
            id: id, method: "elicitation/create", params: ["mode": "url", "message": .string(message), "url": .string(url)],
            capability: ClientCapabilities(elicitation: .init(form: false, url: true)),
            accepts: { ["accept", "decline", "cancel"].contains($0["action"]?.string) }, elicitationID: elicitationID,
            fault: ElicitationPage.fault(of: url))
        return Question<Answer<Void>>(raw: raw) { try Answer<Void>(elicitationResult: $0) { _ in } }
    }

    /// A request to the client's language model (`sampling/createMessage`).
    public static func sample(_ id: String, _ request: SamplingRequest) -> Question<SamplingResult> where Value == SamplingResult {
        let raw = RawQuestion(
            id: id, method: SamplingRequest.method, params: request.members, capability: request.capability,
            accepts: { (try? SamplingResult(json: .object($0))) != nil }, fault: SamplingRules.fault(in: request.messages))
        return Question<SamplingResult>(raw: raw) { try SamplingResult(json: .object($0)) }
    }

    /// The client's root directories (`roots/list`).
    public static func roots(_ id: String) -> Question<[Root]> where Value == [Root] {
        let raw = RawQuestion(
            id: id, method: "roots/list", params: [:], capability: ClientCapabilities(roots: .init()),
            accepts: { (try? $0.decode("roots", as: [Root].self)) != nil })
        return Question<[Root]>(raw: raw) { try $0.decode("roots") }
    }
}

extension Answer {
    /// Reads an `ElicitResult`.
    init(elicitationResult result: JSONObject, accepted: (JSONObject) throws -> Value) throws {
        switch result["action"]?.string {
        case "accept": self = .accept(try accepted(result["content"]?.object ?? [:]))
        case "decline": self = .decline
        case "cancel": self = .cancel
        default:
            throw JSONDecodingError(
                path: JSONPath([.key("action")]), expected: "accept, decline or cancel", found: result["action"]?.serializedString)
        }
    }
}

/// The schema of a form: flat, as the specification restricts it.
struct ElicitationSchema: Sendable {
    /// The members that `requestedSchema` may have.
    let requested: JSONObject
    /// Why the type makes no form, where that is so.
    let fault: String?
    private let validator: SchemaValidator?

    init(of type: any SchemaCodable.Type) {
        let schema = JSONSchemaBuilder.schema(of: type)
        var members: JSONObject = ["type": schema["type"] ?? .null]
        for keyword in ["properties", "oneOf", "required", "$defs"] { members[keyword] = schema[keyword] }
        members = SchemaInlining.inline(members)
        if let fields = members["properties"]?.object {
            members["properties"] = .object(JSONObject(fields.map { ($0.key, $0.value.object.map { .object(FormRules.field($0)) } ?? $0.value) }))
        }
        requested = members
        fault = FormRules.fault(in: .object(members)).map { "\(type) is no form: \($0)" }
        validator = try? SchemaValidator(compiling: .object(members))
    }

    /// Whether a result is an answer: an action that exists and, where it is accepted, content that fits the schema.
    var accepts: @Sendable (JSONObject) -> Bool {
        { [validator] result in
            switch result["action"]?.string {
            case "decline", "cancel": true
            case "accept": validator?.validate(.object(result["content"]?.object ?? [:])).isEmpty ?? true
            default: false
            }
        }
    }
}

/// Puts definitions in the place of the references to them: forms know no `$ref`.
enum SchemaInlining {
    static func inline(_ schema: JSONObject) -> JSONObject {
        guard let definitions = schema["$defs"]?.object else { return schema }
        var rest = schema
        rest["$defs"] = nil
        return replace(.object(rest), definitions, depth: 0).object ?? rest
    }

    private static func replace(_ value: JSONValue, _ definitions: JSONObject, depth: Int) -> JSONValue {
        // A form is flat: whatever is nested deeper than this refers to itself, and is no form.
        guard depth < 8 else { return value }
        switch value {
        case .object(let object):
            if let reference = object["$ref"]?.string, reference.hasPrefix("#/$defs/"),
                let definition = definitions[String(reference.dropFirst("#/$defs/".count))]?.object
            {
                var merged = definition
                for (key, value) in object where key != "$ref" { merged[key] = value }
                return replace(.object(merged), definitions, depth: depth + 1)
            }
            return .object(JSONObject(object.map { ($0.key, replace($0.value, definitions, depth: depth + 1)) }))
        case .array(let array): return .array(array.map { replace($0, definitions, depth: depth + 1) })
        default: return value
        }
    }
}
