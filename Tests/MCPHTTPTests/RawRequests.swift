import AsyncHTTPClient
import MCPCore
import NIOCore

/// A request as it is, without the SDK's client.
func rawRequest(
    _ method: String, _ url: String, headers: [(String, String)] = [], body: JSONValue? = nil
) async throws -> HTTPClientResponse {
    var request = HTTPClientRequest(url: url)
    request.method = .init(rawValue: method)
    for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
    if let body {
        request.headers.replaceOrAdd(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body.serialized()))
    }
    return try await HTTPClient.shared.execute(request, timeout: .seconds(30))
}
