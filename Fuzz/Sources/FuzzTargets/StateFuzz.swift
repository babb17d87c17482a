import MCPCore
import MCPHTTP

/// A `requestState`: nothing opens that was not sealed here, and whatever the journal in it holds, the call goes on, asks again or is refused.
///
/// No input but a copy gets past the seal, so that the bytes are also taken for what a seal has kept.
enum StateFuzz {
    /// The bytes from 0 to 31: with it the seeds of the corpus are sealed, for `binding`, without an end.
    private static let key: SealedRequestStateStore.Key = {
        guard let key = try? SealedRequestStateStore.Key(bytes: Array(0..<32)) else { preconditionFailure("32 bytes are a key") }
        return key
    }()
    private static let store = SealedRequestStateStore(
        keys: [key], environment: ServerEnvironment(now: { 0 }, randomBytes: { [UInt8](repeating: 0, count: $0) }))
    private static let binding = Array("binding".utf8)
    /// What the seeds hold.
    private static let sealed: Set<String> = [
        #"{"asked":{"where":{}},"steps":{"count":1}}"#, #"{"answers":{"where":{"params":{},"result":{"roots":[]}}},"own":"o","steps":{"count":2}}"#,
    ]

    static func run(_ bytes: [UInt8]) {
        let state = String(decoding: bytes, as: UTF8.self)
        if let opened = waiting({ try? await store.load(state, binding: binding) }) {
            precondition(sealed.contains(String(decoding: opened, as: UTF8.self)), "a state was opened that was never made")
            resume(opened)
        }
        resume(bytes)
    }

    /// Gives every state the same journal, as a seal that somebody got past would.
    private struct Opened: RequestStateStore {
        let journal: [UInt8]
        func save(_ journal: [UInt8], binding: [UInt8]) async throws -> String {
            guard (try? JSONValue(parsing: journal)) != nil else { preconditionFailure("a journal was written that cannot be read") }
            return "next"
        }
        func load(_ state: String, binding: [UInt8]) async throws -> [UInt8] { journal }
    }

    private static let server = Server("fuzzed", version: "1") {
        ServerTool(
            Tool(name: "t"),
            outcome: { _, context in
                let count: Int = try await context.step("count") { 1 }
                let roots = try await context.roots("where")
                guard let state = context.requestState else { return .inputRequired(InputRequired([], state: "\(count)")) }
                return .complete(CallToolResult(text: "\(count) \(roots.count) \(state)"))
            })
    }
    private static let capabilities = try? ClientCapabilities(json: ["roots": [:]])

    private static func resume(_ journal: [UInt8]) {
        let params: JSONObject = [
            "name": "t", "requestState": "given", "inputResponses": ["where": ["roots": [["uri": "file:///a"]]]],
            "_meta": ["io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": ["roots": [:]]],
        ]
        let peer = Peer(revision: .latest, capabilities: capabilities ?? ClientCapabilities(), requestStates: Opened(journal: journal))
        let response = waiting { await server.kernel.respond(to: JSONRPCRequest(id: 1, method: "tools/call", params: params), peer: peer) { _ in } }
        precondition((try? JSONValue(parsing: response.json.serialized())) != nil, "the response cannot be read")
        // A journal that is none gets the error that a seal gets which is not ours.
        if (try? JSONValue(parsing: journal))?.object == nil {
            guard case .failure(let error) = response.result, error.code == .invalidParams else { preconditionFailure("what is no journal was taken for one") }
        }
    }
}
