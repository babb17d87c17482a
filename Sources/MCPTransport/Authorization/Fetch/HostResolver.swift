import Foundation
import NIOPosix

/// Finds the addresses of a host.
struct HostResolver: Sendable {
    /// The addresses, in the order in which they should be tried.
    var addresses: @Sendable (_ host: String) async throws -> [NetworkAddress]

    init(_ addresses: @escaping @Sendable (String) async throws -> [NetworkAddress]) { self.addresses = addresses }

    /// The system's resolver, on a thread that may block. It reads every spelling of an address that the system would connect to.
    static let system = HostResolver { host in
        try await NIOThreadPool.singleton.runIfActive { try lookUp(host) }
    }

    private static func lookUp(_ host: String) throws -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc) || canImport(Musl)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { throw ResolutionError(host: host, reason: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var addresses: [NetworkAddress] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let address = entry.ai_addr else { continue }
            switch entry.ai_family {
            case AF_INET:
                let bytes = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { withUnsafeBytes(of: $0.pointee.sin_addr, Array.init) }
                addresses.append(NetworkAddress(bytes))
            case AF_INET6:
                let bytes = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { withUnsafeBytes(of: $0.pointee.sin6_addr, Array.init) }
                addresses.append(NetworkAddress(bytes))
            default: continue
            }
        }
        return addresses
    }
}

/// A host has no address, as far as this machine knows.
struct ResolutionError: Error, CustomStringConvertible {
    var host: String
    var reason: String
    var description: String { "the host \(Printable.text(host)) was not found: \(reason)" }
}
