/// A server under test: a Streamable HTTP endpoint, or a command that speaks over its standard streams.
public struct ServerSubject: Subject {
    public enum Address: Sendable, Hashable {
        /// An absolute `http` or `https` URL.
        case url(String)
        /// Run through a shell, anew for each connection.
        case command(String)
    }

    public static let side = Side.server

    public let address: Address

    public init(_ address: Address) { self.address = address }

    public var binding: Binding {
        switch address {
        case .url: .http
        case .command: .stdio
        }
    }
}
