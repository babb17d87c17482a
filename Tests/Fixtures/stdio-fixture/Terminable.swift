import Dispatch
import MCPStdio
import StdioFixtures

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A server that ends of itself when it gets SIGTERM, as a service does.
enum Terminable {
    static func run() async {
        signal(SIGTERM, SIG_IGN)
        let serving = Task { try await FixtureServer.make().serve(StdioServerTransport(gracePeriod: .milliseconds(50))) }
        let source = DispatchSource.makeSignalSource(signal: SIGTERM)
        source.setEventHandler { serving.cancel() }
        source.activate()
        _ = await serving.result
        source.cancel()
    }
}
