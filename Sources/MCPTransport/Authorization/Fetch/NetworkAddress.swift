/// An IP address, as the bytes that are connected to: however it was spelt, this is what counts.
struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16.
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    enum Reach: Sendable, Hashable {
        case global
        case loopback
        /// Networks of one site (RFC 1918, RFC 6598, RFC 4193).
        case `private`
        /// Link-local addresses, where clouds have their metadata services (RFC 3927, RFC 4291 section 2.5.6).
        case linkLocal
        /// Everything that no server on the internet has (IANA special-purpose registries).
        case special
    }

    var reach: Reach { bytes.count == 4 ? Self.reach(ofIPv4: bytes[...]) : reachOfIPv6 }

    private static func reach(ofIPv4 bytes: ArraySlice<UInt8>) -> Reach {
        let (a, b, c) = (bytes[bytes.startIndex], bytes[bytes.startIndex + 1], bytes[bytes.startIndex + 2])
        switch (a, b, c) {
        case (127, _, _): return .loopback
        case (10, _, _), (172, 16...31, _), (192, 168, _), (100, 64...127, _): return .private
        case (169, 254, _): return .linkLocal
        case (0, _, _), (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 18...19, _), (198, 51, 100), (203, 0, 113), (224..., _, _): return .special
        default: return .global
        }
    }

    private var reachOfIPv6: Reach {
        func begins(_ prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }
        let zeros = bytes.prefix { $0 == 0 }.count
        if zeros == 15, bytes[15] == 1 { return .loopback }
        // Mapped and compatible IPv4 (RFC 4291 section 2.5.5), NAT64 (RFC 6052) and 6to4 (RFC 3056) lead to the IPv4 address inside.
        if begins([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) || zeros >= 12 { return Self.reach(ofIPv4: bytes[12...]) }
        if begins([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) { return Self.reach(ofIPv4: bytes[12...]) }
        if begins([0x20, 0x02]) { return Self.reach(ofIPv4: bytes[2...5]) }
        if bytes[0] & 0xFE == 0xFC { return .private }
        if bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 { return .linkLocal }
        // Teredo, documentation, benchmarking, and all that is not global unicast (2000::/3).
        if begins([0x20, 0x01, 0, 0]) || begins([0x20, 0x01, 0x0D, 0xB8]) || begins([0x20, 0x01, 0, 2]) || begins([0x3F, 0xFF]) { return .special }
        return bytes[0] & 0xE0 == 0x20 ? .global : .special
    }

    var description: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
    }
}
