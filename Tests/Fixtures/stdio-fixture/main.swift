import MCPCore
import MCPStdio
import StdioFixtures

try await FixtureServer.make().serve(.stdio)
