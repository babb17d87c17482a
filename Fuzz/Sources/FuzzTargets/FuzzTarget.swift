/// What is fuzzed, by the name that `scripts/fuzz` is given. Each takes any bytes; what must hold is checked with `precondition`, which libFuzzer reports.
public enum FuzzTarget: String, CaseIterable, Sendable {
    case json
    case message
    case sse
    case header
    case template
    case pattern
    case state
    case challenge
    case jwt

    public func run(_ bytes: [UInt8]) {
        switch self {
        case .json: JSONFuzz.run(bytes)
        case .message: MessageFuzz.run(bytes)
        case .sse: EventStreamFuzz.run(bytes)
        case .header: HeaderFuzz.run(bytes)
        case .template: TemplateFuzz.run(bytes)
        case .pattern: PatternFuzz.run(bytes)
        case .state: StateFuzz.run(bytes)
        case .challenge: ChallengeFuzz.run(bytes)
        case .jwt: JWTFuzz.run(bytes)
        }
    }
}
