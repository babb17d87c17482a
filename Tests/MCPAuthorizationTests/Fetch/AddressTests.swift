import Synchronization
import Testing

@testable import MCPAuthorization

@Suite struct AddressTests {
    private static let policies = [AddressPolicy(), AddressPolicy(allowsLoopback: true, allowsPrivateNetworks: true)]

    /// Spellings that the system's resolver reads, and where they lead.
    @Test(arguments: [
        ("127.0.0.1", NetworkAddress.Reach.loopback), ("127.1", .loopback), ("2130706433", .loopback), ("0x7f000001", .loopback), ("0177.0.0.1", .loopback),
        ("::1", .loopback), ("::ffff:127.0.0.1", .loopback), ("::ffff:7f00:1", .loopback), ("::127.0.0.1", .loopback), ("64:ff9b::7f00:1", .loopback),
        ("10.0.0.1", .private), ("172.16.0.1", .private), ("172.31.255.255", .private), ("192.168.1.1", .private), ("100.64.0.1", .private),
        ("fd00::1", .private), ("::ffff:10.0.0.1", .private), ("64:ff9b::a00:1", .private), ("2002:a00:1::", .private), ("0xa000001", .private),
        ("169.254.169.254", .linkLocal), ("2852039166", .linkLocal), ("0xa9fea9fe", .linkLocal), ("::ffff:169.254.169.254", .linkLocal),
        ("64:ff9b::a9fe:a9fe", .linkLocal), ("2002:a9fe:a9fe::", .linkLocal), ("fe80::1", .linkLocal),
        ("0.0.0.0", .special), ("::", .special), ("224.0.0.1", .special), ("255.255.255.255", .special), ("198.18.0.1", .special), ("192.0.2.1", .special),
        ("ff02::1", .special), ("2001:db8::1", .special), ("2001::1", .special), ("64:ff9b:1::1", .special), ("fec0::1", .special), ("100::1", .special),
        ("8.8.8.8", .global), ("172.32.0.1", .global), ("100.128.0.1", .global), ("2606:4700::1111", .global), ("::ffff:8.8.8.8", .global),
        ("64:ff9b::808:808", .global),
    ])
    func reach(spelling: String, expected: NetworkAddress.Reach) async throws {
        let addresses = try await HostResolver.system.addresses(spelling)
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy { $0.reach == expected }, "\(addresses)")
    }

    @Test func whatMayBeCalled() throws {
        let (strict, open) = (Self.policies[0], Self.policies[1])
        let (far, near) = (try EndpointURL("https://as.example/x"), try EndpointURL("http://localhost:1/x"))
        try strict.check(far)
        try open.check(near)
        for (policy, url) in [(strict, near), (strict, try EndpointURL("http://as.example")), (open, try EndpointURL("http://as.example"))] {
            #expect(throws: AuthorizationError.self) { try policy.check(url) }
        }
        let (global, inside) = (NetworkAddress([8, 8, 8, 8]), NetworkAddress([10, 0, 0, 1]))
        try strict.check([global], of: far)
        try open.check([inside], of: far)
        #expect(throws: AuthorizationError.self) { try strict.check([global, inside], of: far) }
        #expect(throws: AuthorizationError.self) { try open.check([NetworkAddress([169, 254, 169, 254])], of: far) }
        // A name of the internet that leads to this machine is no development set-up.
        #expect(throws: AuthorizationError.self) { try open.check([NetworkAddress([127, 0, 0, 1])], of: far) }
        #expect(throws: AuthorizationError.self) { try strict.check([], of: far) }
        #expect(AddressPolicy.automatic(for: near).allowsLoopback && !AddressPolicy.automatic(for: far).allowsLoopback)
    }

    @Test func redirectsAreResolved() throws {
        let base = try EndpointURL("https://as.example/a/b?x=1")
        for (location, expected) in [
            ("https://other.example/", "https://other.example/"), ("//other.example/p", "https://other.example/p"), ("/p?q", "https://as.example/p?q"),
            ("c", "https://as.example/a/c"),
        ] {
            #expect(try GuardedFetcher.resolve(location, against: base).text == expected)
        }
        #expect(throws: AuthorizationError.self) { try GuardedFetcher.resolve("file://x/etc/passwd", against: base) }
    }
}
