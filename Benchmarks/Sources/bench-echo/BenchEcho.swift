import EchoServer
import MCPCore
import MCPStdio

#if HTTP
import MCPHTTP
import MCPHTTPServer
#endif

/// The server that load drivers are pointed at.
@main
struct BenchEcho {
    static func main() async throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let furtherTools = takeValue(of: "--tools", from: &arguments) ?? 0
        switch (arguments.first, arguments.dropFirst().first.flatMap({ Int($0) })) {
        case ("--stdio", nil): try await EchoServer.make(furtherTools: furtherTools).serve(.stdio)
        #if HTTP
        case ("--http", let port?): try await EchoServer.make(furtherTools: furtherTools).serve(.http(port: port))
        case ("--pooled-http", let port?):
            try await EchoServer.make(furtherTools: furtherTools).serve(.http(port: port, configuration: HTTPHandlerConfiguration(eventLoopTime: .zero)))
        case ("--mounted-http", let port?): try await MountedServer.serve(EchoServer.make(furtherTools: furtherTools), port: port)
        case ("--control-http", let port?): try await ControlServer.serve(port: port)
        #endif
        default:
            print("usage: bench-echo (--stdio | --http PORT | --pooled-http PORT | --mounted-http PORT | --control-http PORT) [--tools COUNT]")
            throw UsageError()
        }
    }

    private static func takeValue(of option: String, from arguments: inout [String]) -> Int? {
        guard let index = arguments.firstIndex(of: option), arguments.indices.contains(index + 1) else { return nil }
        defer { arguments.removeSubrange(index...(index + 1)) }
        return Int(arguments[index + 1])
    }
}

struct UsageError: Error {}
