import MCPCore
import MCPStdio
import StdioFixtures

// stdio-fixture                     serves over standard input and output
// stdio-fixture terminable          does so until it gets SIGTERM
// stdio-fixture handshake           the same, of the handshake era alone
// stdio-fixture host COMMAND…       is the host of another server
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "host": try await Host.run(Array(arguments.dropFirst()))
case "handshake": try await FixtureServer.make([.latestHandshake]).serve(.stdio)
case "terminable": await Terminable.run()
default: try await FixtureServer.make().serve(.stdio)
}
