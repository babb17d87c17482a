import AsyncHTTPClient
import MCPCore
import NIOCore

/// The requests of a sign-in.
enum SignInHTTP {
    struct Reply {
        var status: Int
        var body: JSONObject
        var nonce: String?
    }

    /// A document; `nil` where there is none.
    static func document(_ url: String) async throws -> JSONObject? {
        let reply = try await send(HTTPClientRequest(url: url))
        return reply.status == 200 && !reply.body.isEmpty ? reply.body : nil
    }

    static func post(_ url: String, type: String, headers: [(String, String)] = [], _ body: String) async throws -> Reply {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: type)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: body))
        return try await send(request)
    }

    private static func send(_ request: HTTPClientRequest) async throws -> Reply {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 20)
        let json = (try? JSONValue(parsing: Array(body.readableBytesView)))?.object ?? [:]
        return Reply(status: Int(response.status.code), body: json, nonce: response.headers.first(name: "dpop-nonce"))
    }
}
