import Foundation
import Logging
import Testing

@testable import Orchestrator

/// Serves the script for the browser tests: `WEB_SCRIPT_PORT=0 swift test --skip-build --filter WebScriptServer`. It prints the
/// page's address and serves until it is asked to end (SIGTERM).
@Suite(.enabled(if: ProcessInfo.processInfo.environment["WEB_SCRIPT_PORT"] != nil))
struct WebScriptServer {
    @Test func serveUntilTerminated() async throws {
        var configuration = WebConfiguration()
        configuration.port = Int(ProcessInfo.processInfo.environment["WEB_SCRIPT_PORT"] ?? "") ?? 0
        configuration.heartbeat = .seconds(5)
        configuration.publicDirectory = ProcessInfo.processInfo.environment["WEB_SCRIPT_PUBLIC"].map { URL(fileURLWithPath: $0) }
        var logger = Logger(label: "web-script")
        logger.logLevel = .warning
        let front = try WebFront(chat: WebScript(), configuration: configuration, logger: logger)
        var served = false
        try await front.run { address in
            FileHandle.standardOutput.write(Data("WebScript at \(address)\n".utf8))
        }
        served = true
        #expect(served)
    }
}
