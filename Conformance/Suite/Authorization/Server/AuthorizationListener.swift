import HTTPTypes
import Hummingbird
import NIOCore

extension AuthorizationServer {
    /// The longest body that is read, in bytes.
    private static let maximumBody = 1 << 20

    /// Answers a request of the HTTP server that it stands in.
    func respond(to request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.maximumBody)
        let head = request.head
        let reply = await respond(
            to: OAuthRequest(
                head.method.rawValue, head.path ?? "/", headers: head.headerFields.map { (name: $0.name.canonicalName, value: $0.value) },
                body: Array(body.readableBytesView)))
        var fields = HTTPFields()
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return Response(status: .init(code: reply.status), headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }

    /// Serves an authorization server on this machine until the task is cancelled.
    /// - Parameters:
    ///   - port: 0 for a free one.
    ///   - onListening: Called once it can be reached.
    /// - Throws: where the port cannot be had.
    public static func serve(
        _ features: AuthorizationServerFeatures, port: Int = 0, onListening: @escaping @Sendable (AuthorizationServer) -> Void
    ) async throws {
        try await LoopbackServer.with(port: port) { port, handle in
            let server = try AuthorizationServer(origin: "http://localhost:\(port)", features: features)
            handle { try await server.respond(to: $0) }
            onListening(server)
            try await Task.sleep(for: .seconds(1_000_000_000))
        }
    }
}
