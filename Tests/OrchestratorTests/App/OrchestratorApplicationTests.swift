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
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await application.run { address in
                    if let number = address.split(separator: ":").last.flatMap({ Int($0) }) { port.yield(number) }
                }
                // It ends only when it is ended.
                #expect(Task.isCancelled)
            }
            group.addTask {
                for await port in ports {
                    for path in ["/healthz", "/readyz", "/"] { answers.add(try await RawHTTP.get(path, port: port).status) }
                    return
                }
            }
            try await group.next()
            group.cancelAll()
        }
        #expect(answers.all == [200, 200, 200])
    }
}
