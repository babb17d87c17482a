import MCPCore

/// A fault that a client may have. The conformance suite has to find each of them.
public struct ClientMutant: Sendable {
    public var name: String
    /// What is wrong, in a sentence.
    public var fault: String

    /// Changes a request before it is sent, and what travels beside it.
    var request: @Sendable (inout JSONRPCRequest, inout ExchangeMetadata) -> Void = { _, _ in }
    /// Changes a notification or a response of the client; `nil` drops it.
    var outgoing: @Sendable (JSONRPCMessage) -> JSONRPCMessage? = { $0 }
    /// Changes a notification or request of the server; `nil` drops it.
    var incoming: @Sendable (JSONRPCMessage) -> JSONRPCMessage? = { $0 }
    /// Changes the response to a request.
    var response: @Sendable (JSONRPCRequest, inout JSONRPCResponse) async throws -> Void = { _, _ in }
    /// What becomes of a failure of the transport.
    var failure: @Sendable (JSONRPCRequest, TransportError) async throws -> JSONObject = { throw $1 }
    /// What happens on something odd that the server sent.
    var diagnosed: @Sendable (ClientDiagnostic) -> Void = { _ in }
    /// What happens before the transport is closed.
    var closing: @Sendable () -> Void = {}
    /// Whether it waits for an answer as long as it takes.
    public var ignoresTimeouts = false
    /// Whether the exchange of a cancelled call goes on.
    var holdsOnToCancelledCalls = false
    var opensStandaloneStream = true
    /// Changes the command line of a server that is launched.
    public var serverCommand: @Sendable (String) -> String = { $0 }
    /// How often a lost stream is taken up again; `nil` for what is usual.
    public var maximumResumptions: Int?
    /// Signs in with a `PlainAuthorizer` that has this fault, or none; `nil` for what is usual.
    public var signIn: SignInFault??
    /// What to speak in place of what was asked for.
    public var era: @Sendable (EraSelection) -> EraSelection = { $0 }

    init(_ name: String, _ fault: String, _ configure: (inout ClientMutant) -> Void) {
        self.name = name
        self.fault = fault
        configure(&self)
    }

    /// All of them, by group.
    public static let all: [ClientMutant] = openings + requests + answers + results + failures + ends + signIns

    public static func named(_ name: String) -> ClientMutant? { all.first { $0.name == name } }
}

extension JSONRPCResponse {
    /// Changes the result, where there is one.
    mutating func changeResult(_ change: (inout JSONObject) -> Void) {
        guard case .success(var object) = result else { return }
        change(&object)
        result = .success(object)
    }
}
