#if HTTP
import Hummingbird
import Logging
import MCPCore
import MCPHTTPServer

/// The endpoint in the router of a web server that people have already.
enum MountedServer {
    static func serve(_ server: MCPCore.Server, port: Int) async throws {
        var logger = Logger(label: "mounted")
        logger.logLevel = .error
        let router = Router()
        router.get("/health") { _, _ in "well" }
        try router.mcp("/mcp", server)
        let application = Application(
            router: router, server: .mcp(), configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil), logger: logger)
        try await application.run()
    }
}
#endif
