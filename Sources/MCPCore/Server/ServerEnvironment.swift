/// Where a server takes time and randomness from; tests give their own.
public struct ServerEnvironment: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var now: @Sendable () -> Int64
    /// That many random bytes, fit for secrets.
    public var randomBytes: @Sendable (Int) -> [UInt8]

    /// Sleeps for that time; throws `CancellationError` when its task is cancelled. `nil` for the transport's own way, which lets an idle process rest.
    public var sleep: (@Sendable (Duration) async throws -> Void)?

    public init(
        now: @escaping @Sendable () -> Int64, randomBytes: @escaping @Sendable (Int) -> [UInt8],
        sleep: (@Sendable (Duration) async throws -> Void)? = nil
    ) {
        self.now = now
        self.randomBytes = randomBytes
        self.sleep = sleep
    }

    /// The system's clock and its cryptographically secure generator.
    public static let system = ServerEnvironment(
        now: { WallClock.milliseconds },
        randomBytes: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        })

    /// A random identifier of 128 bits, as 32 hexadecimal digits.
    public func randomIdentifier() -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in randomBytes(16) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
