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
    /// Makes the tokens that the server takes, where it is protected and the suite is its authorization server.
    public let mint: TokenMint?

    /// What every HTTP request has besides, where it has no header of that name.
    public let headers: [(name: String, value: String)]

    public init(_ address: Address, mint: TokenMint? = nil, headers: [(name: String, value: String)] = []) {
        self.address = address
        self.mint = mint
        self.headers = headers
    }

    public var binding: Binding {
        switch address {
        case .url: .http
        case .command: .stdio
        }
    }
}
