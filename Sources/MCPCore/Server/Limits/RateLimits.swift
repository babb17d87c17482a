/// How often callers may do something, and how often a server may tell them something. `nil` is no limit.
///
/// A caller is a principal; where there is none, a connection or session; and where there is none either (a request over HTTP from 2026-07-28 on,
/// without authorization), everybody together.
public struct RateLimits: Sendable, Hashable {
    /// Calls of tools, for each caller (2026-07-28, server/tools, "Security Considerations"). Beyond it: internal error (-32603) that says when to
    /// call again. No limit by default: what is too often depends on what the tools do, and a program on the other end of a pipe may call as
    /// fast as it can. A server that strangers reach should set one.
    public var calls: RateLimit?
    /// Completions, for each caller (server/utilities/completion, "Security"). Beyond it: internal error (-32603) that says when to ask again.
    public var completions: RateLimit?
    /// Log messages, for each caller (server/utilities/logging, "Security"). Beyond it they are dropped, and the operator is told once.
    public var logMessages: RateLimit?
    /// Reports of progress, for each call (basic/patterns/progress, "Implementation Notes"). Beyond it the newest one is held back: it goes out as soon
    /// as the handler reports again and there is room, and at the latest before the result.
    public var progress: RateLimit?

    public init(
        calls: RateLimit? = nil, completions: RateLimit? = RateLimit(perSecond: 50, burst: 100),
        logMessages: RateLimit? = RateLimit(perSecond: 50, burst: 200), progress: RateLimit? = RateLimit(perSecond: 50, burst: 100)
    ) {
        self.calls = calls
        self.completions = completions
        self.logMessages = logMessages
        self.progress = progress
    }

    /// Nothing is limited.
    public static let none = RateLimits(calls: nil, completions: nil, logMessages: nil, progress: nil)
}
