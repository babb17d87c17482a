/// Where requests may lead whose URLs a stranger has named: protected resource metadata, authorization servers and their endpoints, key sets.
///
/// Always: `https:`, or `http:` to this machine where that is allowed; no link-local addresses, where clouds keep their metadata services.
public struct AddressPolicy: Sendable, Hashable {
    /// This machine, also with `http:`. For development.
    public var allowsLoopback: Bool
    /// Networks of one site (RFC 1918, RFC 6598, RFC 4193): for companies whose authorization server stands inside.
    public var allowsPrivateNetworks: Bool

    public init(allowsLoopback: Bool = false, allowsPrivateNetworks: Bool = false) {
        self.allowsLoopback = allowsLoopback
        self.allowsPrivateNetworks = allowsPrivateNetworks
    }

    /// Loopback only where the server that is asked is itself on this machine.
    static func automatic(for server: EndpointURL) -> AddressPolicy { AddressPolicy(allowsLoopback: server.isLoopback) }

    /// - Throws: `AuthorizationError.forbiddenAddress`.
    func check(_ url: EndpointURL) throws {
        guard url.scheme == "https" || (url.isLoopback && allowsLoopback) else {
            throw AuthorizationError.forbiddenAddress(
                url: url.text, reason: url.isLoopback ? "it is on this machine, and the server is not" : "it must begin with https:")
        }
    }

    /// Checks what the name of a host has turned out to be. One bad address spoils all: an attacker would choose which is taken.
    /// - Throws: `AuthorizationError.forbiddenAddress`.
    func check(_ addresses: [NetworkAddress], of url: EndpointURL) throws {
        guard !addresses.isEmpty else { throw AuthorizationError.unusableAnswer(url: url.text, reason: "the host has no address") }
        for address in addresses {
            switch address.reach {
            case .global: continue
            case .loopback where allowsLoopback && url.isLoopback: continue
            case .private where allowsPrivateNetworks: continue
            case .loopback: throw AuthorizationError.forbiddenAddress(url: url.text, reason: "its host is this machine")
            case .private:
                throw AuthorizationError.forbiddenAddress(
                    url: url.text, reason: "its host is in a private network; allow private networks in the configuration if it should be")
            case .linkLocal, .special: throw AuthorizationError.forbiddenAddress(url: url.text, reason: "its host has an address that is not of the internet")
            }
        }
    }
}
