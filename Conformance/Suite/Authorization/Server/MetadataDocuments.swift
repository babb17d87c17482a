import AsyncHTTPClient
import MCPCore

/// Gets the metadata documents of clients (Client ID Metadata Documents), for an authorization server that people run on their own machine.
public enum MetadataDocuments {
    private static let maximumBytes = 5 << 10

    /// - Throws: where there is no such document. A redirect is none.
    public static func get(_ url: String) async throws -> JSONObject {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))
        let result: Result<JSONObject, any Error>
        do {
            let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(30))
            let body = try await response.body.collect(upTo: maximumBytes)
            guard response.status == .ok else { throw Missing(description: "HTTP status \(response.status.code)") }
            result = .success(try JSONObject(json: JSONValue(parsing: Array(body.readableBytesView))))
        } catch { result = .failure(error) }
        try await client.shutdown()
        return try result.get()
    }

    private struct Missing: Error, CustomStringConvertible { var description: String }
}
