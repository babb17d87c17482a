import Crypto
import MCPCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Puts journals into `requestState` itself, sealed with AES-256-GCM: any replica that has the key can go on with a call.
///
/// The seal covers principal, method and arguments, so that a state opens only for the call that it was made for, and an expiry.
public struct SealedRequestStateStore: RequestStateStore {
    /// A key of 256 bits.
    public struct Key: Sendable {
        let key: SymmetricKey

        /// - Throws: `KeyError` for anything but 32 bytes.
        public init(bytes: [UInt8]) throws {
            guard bytes.count == 32 else { throw KeyError(count: bytes.count) }
            key = SymmetricKey(data: bytes)
        }

        private init(_ key: SymmetricKey) { self.key = key }

        /// A key of this process: states do not survive it, and no other replica opens them.
        public static func random() -> Key { Key(SymmetricKey(size: .bits256)) }
    }

    /// A key has the wrong length.
    public struct KeyError: Error, Sendable, CustomStringConvertible {
        public var count: Int
        public var description: String {
            "A key for sealing requestState has 32 bytes, this one has \(count); make one with: openssl rand -hex 32"
        }
    }

    private let keys: [Key]
    private let lifetimeMilliseconds: Int64
    private let environment: ServerEnvironment

    /// - Parameters:
    ///   - keys: The first seals; all open, so that keys can be replaced while states are out.
    ///   - lifetime: How long a client may take to answer.
    public init(keys: [Key], lifetime: Duration = .seconds(3600), environment: ServerEnvironment = .system) {
        self.keys = keys.isEmpty ? [.random()] : keys
        lifetimeMilliseconds = Int64(lifetime / .milliseconds(1))
        self.environment = environment
    }

    public func save(_ journal: [UInt8], binding: [UInt8]) async throws -> String {
        var plain = withUnsafeBytes(of: (environment.now() + lifetimeMilliseconds).bigEndian) { Array($0) }
        plain.append(contentsOf: journal)
        let nonce = try AES.GCM.Nonce(data: environment.randomBytes(12))
        let box = try AES.GCM.seal(plain, using: keys[0].key, nonce: nonce, authenticating: Data(binding))
        guard let combined = box.combined else { throw RequestStateError() }
        return Base64.encode(combined)
    }

    public func load(_ state: String, binding: [UInt8]) async throws -> [UInt8] {
        guard let combined = Base64.decode(state), let box = try? AES.GCM.SealedBox(combined: combined) else { throw RequestStateError() }
        for key in keys {
            guard let plain = try? AES.GCM.open(box, using: key.key, authenticating: Data(binding)), plain.count >= 8 else { continue }
            let expires = plain.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
            guard expires > environment.now() else { throw RequestStateError() }
            return Array(plain.dropFirst(8))
        }
        throw RequestStateError()
    }
}
