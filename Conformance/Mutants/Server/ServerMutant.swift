import HTTPTypes
import MCPCore

/// The fixture server with one fault, and the scenarios that find it.
public struct ServerMutant: Sendable {
    public let name: String
    /// What is wrong with it, in one sentence.
    public let fault: String
    /// The revision at which it is tested.
    public let revision: ProtocolRevision
    /// The transport on which it is tested.
    public let binding: Binding
    /// Exactly the scenarios that fail; none where it only does otherwise, and is right.
    public let failing: Set<String>
    let mutations: [WireMutation]
    /// The fault is one of authorization: the server trusts an issuer, and is asked the scenarios of protected servers.
    public var isProtected: Bool { lenience != nil }
    /// Which tokens it takes that it should not.
    let lenience: TokenLenience?

    public enum Binding: Sendable, Hashable { case http, stdio }

    init(
        _ name: String, _ fault: String, at revision: ProtocolRevision, on binding: Binding = .http, fails failing: Set<String>,
        _ mutations: WireMutation...
    ) {
        self.init(name, fault, at: revision, on: binding, fails: failing, lenience: nil, mutations)
    }

    init(
        _ name: String, _ fault: String, at revision: ProtocolRevision, on binding: Binding = .http, fails failing: Set<String>, lenience: TokenLenience?,
        _ mutations: [WireMutation]
    ) {
        self.name = name
        self.fault = fault
        self.revision = revision
        self.binding = binding
        self.failing = failing
        self.mutations = mutations
        self.lenience = lenience
    }

    /// All of them.
    public static let all =
        SessionMutants.all + ToolMutants.all + ResourceMutants.all + PromptMutants.all + AskingMutants.all + StatelessMutants.all
        + InputRequiredMutants.all + HTTPMutants.all + MessageMutants.all + TimingMutants.all + StdioMutants.all + TaskMutants.all
        + AuthorizationMutants.all + ServerVariants.all

    /// Not the fixture server, but one without tools, resources or prompts: nothing that is asked of those may pass.
    public static let empty = ServerMutant("empty", "Nothing is offered", at: .latest, fails: [])
    /// Requests without an API key are refused.
    public static let keyed = ServerMutant(
        "keyed", "An API key is wanted", at: .latest, fails: [],
        .answer { request in request.headers.contains { $0.name.canonicalName == "x-api-key" && $0.value == "secret" } ? nil : .unauthorized })
    /// Not the fixture server, but ones that refuse all requests: no scenario may take that for what it asks.
    public static let refusing = ([(.ok, -32601), (.badRequest, -32602), (.unauthorized, -32001), (.forbidden, -32600)] as [(HTTPResponse.Status, Int64)]).map {
        ServerMutant("refuses-all-with-\($0.code)", "Every request is refused with \($0.code) and \($1)", at: .latest, fails: [], .refusal($0, code: $1))
    }
    var isEmpty: Bool { name == Self.empty.name }

    public static func named(_ name: String) -> ServerMutant? { (all + [empty, keyed] + refusing).first { $0.name == name } }
}
