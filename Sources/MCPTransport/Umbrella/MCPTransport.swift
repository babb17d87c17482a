// One import for everything a program that serves or calls over stdio or HTTP needs.
@_exported import MCPCore
@_exported import MCPStdio
@_exported import MCPWorkers
#if HTTP
@_exported import MCPHTTP
@_exported import MCPHTTPClient
@_exported import MCPHTTPServer
#endif
