import ConformanceSuite
import Foundation
import MCPCore
import Testing

/// `mcp-conformance auth-server`, as somebody starts it who tests something of his own.
@Suite struct AuthServerCommandTests {
    @Test func itSaysWhereItIsAndServes() async throws {
        let process = Process()
        process.executableURL = URL(filePath: Programs.path("mcp-conformance"))
        process.arguments = ["auth-server", "--path", "/tenant1", "--metadata", "openid", "--scope", "mcp:read", "--dpop", "required", "--no-response-issuer"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        defer { process.terminate() }
        // It waits for the line, which comes once the server can be reached.
        let line = output.fileHandleForReading.availableData
        let issuer = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
        #expect(issuer.hasPrefix("http://localhost:") && issuer.hasSuffix("/tenant1"), "\(issuer)")

        let metadata = try await MetadataDocuments.get("\(issuer)/.well-known/openid-configuration")
        #expect(metadata["issuer"]?.string == issuer)
        #expect(metadata["scopes_supported"] == ["mcp:read"])
        #expect(metadata["authorization_response_iss_parameter_supported"] == nil)
        #expect(metadata["client_id_metadata_document_supported"] == true)
        #expect(metadata["dpop_signing_alg_values_supported"]?.array?.contains("ES256") == true)
        let keys = try await MetadataDocuments.get(try metadata.decode("jwks_uri"))
        #expect(keys["keys"]?[0]?["kty"] == "EC")
        // Only where it was asked for.
        await #expect(throws: (any Error).self) {
            try await MetadataDocuments.get(issuer.replacing("/tenant1", with: "/.well-known/oauth-authorization-server/tenant1"))
        }
    }

    @Test(arguments: [["--path", "tenant1"], ["--path", "/tenant1/"], ["--lifetime", "0"], ["--client", ":secret"], ["--metadata", "elsewhere"]])
    func aWrongCommandLineIsRefused(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: Programs.path("mcp-conformance"))
        process.arguments = ["auth-server"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 64)
    }
}
