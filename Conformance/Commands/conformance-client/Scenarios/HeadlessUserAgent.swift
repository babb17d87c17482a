import AsyncHTTPClient
import MCPAuthorization

/// A person who agrees to everything at once: asks for the authorization page and takes the redirect that it answers with.
struct HeadlessUserAgent: AuthorizationUserAgent {
    /// Where nobody listens, and nobody has to.
    static let redirectURI = "http://localhost:3000/callback"

    func prepare(registered: String?) async throws -> any AuthorizationRedirect { Redirect() }

    private struct Redirect: AuthorizationRedirect {
        let redirectURI = HeadlessUserAgent.redirectURI

        func visit(_ url: String, state: String) async throws -> String {
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            configuration.timeout.connect = .seconds(30)
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            do {
                let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(30))
                try await client.shutdown()
                guard let location = response.headers.first(name: "location") else { throw NoRedirect(status: Int(response.status.code)) }
                return location
            } catch {
                try? await client.shutdown()
                throw error
            }
        }

        func close() async {}
    }

    struct NoRedirect: Error, CustomStringConvertible {
        var status: Int
        var description: String { "the authorization page answered with HTTP status \(status) and no redirect" }
    }
}
