import ArgumentParser
import ConformanceSuite
import Foundation

extension AuthorizationServerFeatures.MetadataPlace: ExpressibleByArgument {}
extension AuthorizationServerFeatures.ClientMethod: ExpressibleByArgument {}
extension AuthorizationServerFeatures.Binding: ExpressibleByArgument {}

/// Serves the authorization server of the suite, for whoever tests a client or a server of his own.
struct AuthServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auth-server", abstract: "Run an authorization server for tests.",
        discussion: """
            Prints its issuer, one line, once it can be reached, and serves until it is stopped. It follows the rules and refuses who does not; it signs
            everybody in without asking, and keeps nothing. Only this machine can reach it. docs/conformance.md says what it knows.

            mcp-conformance auth-server --port 9000 --client tester:secret --scope mcp:read --dpop offered
            """)

    @Option(help: "The port; 0 for a free one.")
    var port = 0

    @Option(help: "The path of the issuer, for example /tenant1.")
    var path = ""

    @Option(help: "Where the metadata stand: oauth, openid-inserted or openid; may be repeated. Without it: everywhere.")
    var metadata: [AuthorizationServerFeatures.MetadataPlace] = []

    @Option(help: "A method of client authentication that is taken: none, client_secret_basic, client_secret_post, private_key_jwt; may be repeated.")
    var clientMethod: [AuthorizationServerFeatures.ClientMethod] = []

    @Option(help: "A client that is known from the start, as id:secret, or as id for one without a secret; may be repeated.")
    var client: [String] = []

    @Option(help: "A scope that the metadata list; may be repeated.")
    var scope: [String] = []

    @Option(help: "Who signs in: the subject of tokens.")
    var subject = "ada@example.com"

    @Option(help: "How many seconds access tokens live.")
    var lifetime = 3600

    @Option(help: "Whether tokens are bound to a key (DPoP): none, offered or required.")
    var dpop = AuthorizationServerFeatures.Binding.offered

    @Flag(help: "Ask for nonces in DPoP proofs.")
    var nonces = false

    @Flag(inversion: .prefixedNo, help: "Take dynamic registrations.")
    var registration = true

    @Flag(inversion: .prefixedNo, help: "Take URLs of client metadata documents as client ids.")
    var clientDocuments = true

    @Flag(inversion: .prefixedNo, help: "Say iss in authorization responses, and announce it.")
    var responseIssuer = true

    func validate() throws {
        guard path.isEmpty || (path.hasPrefix("/") && !path.hasSuffix("/")) else { throw ValidationError("--path begins with / and does not end with it.") }
        guard (1...86_400).contains(lifetime) else { throw ValidationError("--lifetime takes 1 to 86400 seconds.") }
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535.") }
        guard client.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(":") }) else { throw ValidationError("--client takes id:secret or id.") }
    }

    func run() async throws {
        try await AuthorizationServer.serve(features, port: port) { server in
            FileHandle.standardOutput.write(Data("\(server.issuer)\n".utf8))
        }
    }

    private var features: AuthorizationServerFeatures {
        var features = AuthorizationServerFeatures()
        features.issuerPath = path
        if !metadata.isEmpty { features.metadataPlaces = Set(metadata) }
        if !clientMethod.isEmpty { features.clientMethods = clientMethod }
        features.grants = [.authorizationCode, .refreshToken, .clientCredentials]
        features.clients = client.map(Self.known)
        features.scopes = scope.isEmpty ? nil : scope
        features.subject = subject
        features.lifetime = Int64(lifetime)
        features.binding = dpop
        features.wantsNonces = nonces
        features.alwaysRefreshes = true
        features.registers = registration
        features.takesMetadataDocuments = clientDocuments
        features.document = MetadataDocuments.get
        if !responseIssuer { (features.advertisesIssuer, features.responseIssuer) = (nil, .left) }
        return features
    }

    private static func known(_ text: String) -> AuthorizationServerFeatures.Client {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        return parts.count > 1 ? .init(id: parts[0], secret: parts[1], method: .basic) : .init(id: parts[0], method: .none)
    }
}
