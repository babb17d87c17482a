import Foundation
import Logging
import ServerCommand
import Testing

@testable import Orchestrator

/// The whole program, in this process.
@Suite(.timeLimit(.minutes(1))) struct OrchestratorApplicationTests {
    @Test func withoutServersItIsAChatWithoutTools() async throws {
        let directory = try StoreDirectory()
        let file = directory.path + "/servers.json"
        try #"{"mcpServers": {"off": {"command": "/no/such/program", "disabled": true}}}"#.write(toFile: file, atomically: true, encoding: .utf8)
        let flags = ["orchestrator.port": ["0"], "orchestrator.data": [directory.path + "/data"], "orchestrator.servers": [file]]
        let settings = try await Settings(
            program: "", names: OrchestratorConfiguration.names, flags: flags, environment: [:], environmentFile: directory.path + "/none", file: nil)
        let configuration = try OrchestratorConfiguration(settings, programs: URL(filePath: "/"), environment: [:])
        let application = OrchestratorApplication(configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let answers = Recorded<Int>()
        // It answers once it has told where it listens, and not before.
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        // Not ended before the process ends: see `ProtectedPlace`.
        let ends = Recorded<String>()
        Task {
            do {
                try await application.run { address in
                    if let number = address.split(separator: ":").last.flatMap({ Int($0) }) { port.yield(number) }
                }
                ends.add("without an error")
            } catch { ends.add("\(error)") }
            port.finish()
        }
        for await port in ports {
            for path in ["/healthz", "/readyz", "/"] { answers.add(try await RawHTTP.get(path, port: port).status) }
            break
        }
        // It ends only when it is ended.
        #expect(ends.all == [])
        #expect(answers.all == [200, 200, 200])
    }
}
