import MCPCore
import MCPStdio
import StdioFixtures

// stdio-fixture                     serves over standard input and output
// stdio-fixture terminable          does so until it gets SIGTERM
// stdio-fixture host COMMAND…       is the host of another server
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "host": try await Host.run(Array(arguments.dropFirst()))
case "terminable": await Terminable.run()
default: try await FixtureServer.make().serve(.stdio)
}
