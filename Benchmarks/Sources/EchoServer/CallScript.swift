import MCPCore

/// Calls to the echo tool in memory: what a transport does for each message, without the transport.
public struct CallScript {
    /// Which way the calls are written.
    public enum Era: String, Sendable {
        case handshake
        case perRequest = "per-request"
    }

    /// The answer was none, or was an error.
    public struct WrongAnswer: Error {}

    private let server: Server
    private var reader: MessageReader
    private let call: [UInt8]
    private let sessionPeer: Peer?

    public init(_ era: Era, server: Server) throws {
        self.server = server
        reader = MessageReader(server.configuration)
        call = Array((era == .handshake ? Self.handshakeCall : Self.perRequestCall).utf8)
        var session = HandshakeSession(kernel: server.kernel)
        _ = session.receive(.request(JSONRPCRequest(id: 0, method: "initialize", params: Self.opening)))
        let probe = JSONRPCRequest(id: 1, method: "tools/call")
        guard case .serve(_, let peer) = session.receive(.request(probe)) else { throw WrongAnswer() }
        sessionPeer = peer
    }

    /// One call, from the bytes of the request to those of the response.
    public mutating func call() async throws -> [UInt8] {
        guard case .message(.request(let request)) = call.withUnsafeBytes({ reader.read($0) }) else { throw WrongAnswer() }
        let peer: Peer
        switch (reader.classify(request), sessionPeer) {
        case (.perRequest(let found), _): peer = found
        case (.handshake, let found?): peer = found
        default: throw WrongAnswer()
        }
        let response = await server.kernel.respond(to: request, peer: peer) { _ in }
        guard case .success = response.result else { throw WrongAnswer() }
        return response.serialized()
    }

    private static let opening: JSONObject = [
        "protocolVersion": "2025-11-25", "capabilities": [:], "clientInfo": ["name": "calls", "version": "1"],
    ]

    private static let handshakeCall =
        #"{"jsonrpc":"2.0","id":17,"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello 17"}}}"#

    private static let perRequestCall = """
        {"jsonrpc":"2.0","id":17,"method":"tools/call","params":{"name":"echo","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
        "io.modelcontextprotocol/clientInfo":{"name":"calls","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}},\
        "arguments":{"message":"hello 17"}}}
        """
}
