import HTTPTypes
import MCPCore

/// Refuses requests that a web page of a stranger may have caused: the `Host` and `Origin` of a request must be known (DNS rebinding;
/// Streamable HTTP, Security). A pure function.
public struct RequestGuard: Sendable {
    private let hosts: Set<String>
    private let origins: Set<String>

    public init(allowedHosts: Set<String>, allowedOrigins: Set<String>) {
        hosts = Set(allowedHosts.map { $0.lowercased() })
        origins = Set(allowedOrigins.map { $0.lowercased() })
    }

    /// Why a request is refused; `nil` where it is not.
    public func refusal(host: String?, origin: String?) -> String? {
        guard let host = host?.lowercased(), !host.isEmpty else { return "A request needs a Host header" }
        guard Self.isLoopback(host) || hosts.contains(host) || hosts.contains(Self.name(of: host)) else {
            return "Host \(host.prefix(100)) is not served here; name it in the allowed hosts if it should be"
        }
        guard let origin = origin?.lowercased() else { return nil }
        // The server's own pages: scheme aside, the origin is the host that the request names.
        if origin == "http://\(host)" || origin == "https://\(host)" || origins.contains(origin) { return nil }
        return "Origin \(origin.prefix(100)) is not allowed here; name it in the allowed origins if it should be"
    }

    static func isLoopback(_ host: String) -> Bool {
        switch name(of: host) {
        case "localhost", "127.0.0.1", "[::1]": true
        default: false
        }
    }

    /// Why a request is refused; `nil` where it is not.
    func refusal(of head: HTTPRequest) -> String? {
        // `Host` is `authority` in swift-http-types; a listener may give it either way. With two, which a listener should have refused, nobody knows which one others have looked at.
        let host = head.headerFields.first(.host)
        if let host, host.isRepeated || head.authority.map({ $0 != host.value }) == true { return "There is more than one Host" }
        return refusal(host: head.authority ?? host?.value, origin: head.headerFields.value(of: .origin))
    }

    /// The host without its port.
    static func name(of host: String) -> String {
        let bytes = host.utf8
        if bytes.first == UInt8(ascii: "["), let end = bytes.firstIndex(of: UInt8(ascii: "]")) {
            let rest = bytes[bytes.index(after: end)...]
            return rest.isEmpty || rest.first == UInt8(ascii: ":") ? String(host[...end]) : host
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return host }
        return String(host[..<colon])
    }
}
