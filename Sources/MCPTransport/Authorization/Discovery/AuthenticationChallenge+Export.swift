// Its parser stands in a target that needs no cryptography, so that it can be fuzzed without; for users it belongs here.
@_exported import struct MCPAuthorizationParsing.AuthenticationChallenge
