import MCPCore
import MCPStdio
import StdioFixtures

// stdio-fixture                     serves over standard input and output
// stdio-fixture host COMMAND…       is the host of another server
let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == "host" {
    try await Host.run(Array(arguments.dropFirst()))
} else {
    try await FixtureServer.make().serve(.stdio)
}
