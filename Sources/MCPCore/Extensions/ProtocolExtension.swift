/// An optional addition to the protocol (SEP-2133): what a server or a client says of it in its capabilities.
///
/// An extension is a value that a server or a client is given; neither has one by itself. It is in force for a request where both sides have
/// declared it: in `initialize` for a session, in `_meta` for a request of the per-request era.
public protocol ProtocolExtension: Sendable {
    /// `vendor-prefix/name`, where the prefix is a reversed domain name that its author controls.
    var identifier: String { get }
    /// What is declared of it; empty where there is nothing to say.
    var settings: JSONObject { get }
    /// The revisions in which it exists. In others it is neither declared nor served.
    var revisions: ClosedRange<ProtocolRevision> { get }
    /// By the methods of the extension: the parameter that `Mcp-Name` mirrors over Streamable HTTP, where there is one.
    var routingParameters: [String: String] { get }
}

extension ProtocolExtension {
    public var settings: JSONObject { [:] }
    public var revisions: ClosedRange<ProtocolRevision> { .v2024_11_05 ... .latest }
    public var routingParameters: [String: String] { [:] }

    /// What `Mcp-Name` mirrors of a request of this extension.
    func routingName(of method: String, _ params: JSONObject) -> String? { routingParameters[method].flatMap { params[$0]?.string } }
}

/// The identifiers of extensions (2026-07-28, basic/versioning, "Extension Negotiation"): keys of `_meta` with a prefix.
enum ExtensionIdentifier {
    static func isValid(_ identifier: String) -> Bool {
        let parts = identifier.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        let labels = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.allSatisfy(isLabel) && isName(parts[1])
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        guard let first = label.first, let last = label.last else { return false }
        return isLetter(first) && isAlphanumeric(last) && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isName(_ name: Substring.UTF8View) -> Bool {
        guard let first = name.first, let last = name.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last) && name.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension Sequence where Element == any ProtocolExtension {
    /// The `extensions` of the capabilities in a revision; `nil` where there are none.
    func declared(in revision: ProtocolRevision) -> JSONObject? {
        let existing = filter { $0.revisions.contains(revision) }
        return existing.isEmpty ? nil : JSONObject(existing.map { ($0.identifier, .object($0.settings)) })
    }
}

extension ClientCapabilities {
    /// The settings with which the client has declared an extension; `nil` where it has not.
    public func settings(of identifier: String) -> JSONObject? { extensions?[identifier]?.object }

    /// What a client must declare for an extension.
    static func declaring(_ identifier: String) -> ClientCapabilities { ClientCapabilities(extensions: [identifier: [:]]) }
}
