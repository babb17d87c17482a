/// A client under test: a command that is launched with the URL of a server.
public struct ClientSubject: Subject {
    public static let side = Side.client

    /// Run through a shell. Its last argument is added: on HTTP the URL of the server, on stdio the command line that launches one.
    public let command: String
    public let binding: Binding
    /// On stdio, the command line of the server is this and the number of a port: a program that carries bytes between its standard streams and the
    /// port (`mcp-conformance relay`).
    public let relay: String

    public init(command: String, binding: Binding = .http, relay: String = "mcp-conformance relay") {
        self.command = command
        self.binding = binding
        self.relay = relay
    }
}
