#if HTTP
import Foundation
import MCPCore
import MCPHTTPClient

/// A process of `bench-echo --http`.
struct HTTPEcho {
    private let process = Process()
    private let url: String

    init(_ path: String) throws {
        // Below the ports that the system gives away. One that is taken ends the process, and the measurement.
        let port = Int.random(in: 20_000..<32_000)
        url = "http://127.0.0.1:\(port)/mcp"
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["--http", "\(port)"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    var processID: Int32 { process.processIdentifier }

    /// The way to the server, once it listens.
    func transport() async throws -> HTTPClientTransport {
        while process.isRunning {
            do {
                try await withClient(HTTPClientTransport(url: url)) { try await $0.ping() }
                return HTTPClientTransport(url: url)
            } catch { try await Task.sleep(for: .milliseconds(10)) }
        }
        throw NoServer()
    }

    func end() {
        process.terminate()
        process.waitUntilExit()
    }

    struct NoServer: Error {}
}
#endif
