import MCPTransport

extension RateLimits {
    /// The limits of a reference server: those of every server, and one for calls of tools as its settings say it (`calls.perSecond`; 100 where they do not,
    /// 0 for none). Ten times as many are served at once after a pause.
    /// - Throws: `SettingError`.
    public init(_ settings: Settings) throws {
        let perSecond = try settings.integer("calls.perSecond", in: 0...1_000_000) ?? 100
        self.init(calls: perSecond == 0 ? nil : RateLimit(perSecond: Double(perSecond), burst: perSecond * 10))
    }
}
