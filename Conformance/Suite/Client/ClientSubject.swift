/// A client under test: a command that is launched with the URL of a server.
public struct ClientSubject: Subject {
    public static let side = Side.client

    /// Run through a shell; the URL is added as its last argument.
    public let command: String
    public let binding: Binding

    public init(command: String, binding: Binding = .http) {
        self.command = command
        self.binding = binding
    }
}
