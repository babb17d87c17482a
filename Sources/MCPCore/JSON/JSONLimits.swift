/// How large and how deeply nested a document may be before it is refused.
///
/// The limits bound what a sender can make the receiver hold in memory: a document of `maximumBytes` needs at most a small
/// multiple of that as a tree, and no document can exhaust the stack.
public struct JSONLimits: Sendable, Hashable {
    /// The most containers that stand inside one another: `[]` is 1 deep, `[{}]` is 2.
    public let maximumDepth: Int

    /// The most bytes that a document may have, white space included.
    public let maximumBytes: Int

    /// A tree is written, compared and released by recursion, so no depth beyond this is ever granted. In a release build that needs
    /// less than 256 KiB of stack, half of what a thread other than the main one has on Apple systems.
    public static let greatestDepth = 512

    /// 128 deep, 64 MiB.
    public static let `default` = JSONLimits()

    /// - Parameters:
    ///   - maximumDepth: from 0 (no container at all) to `greatestDepth`; values outside are moved to the nearer end.
    ///   - maximumBytes: in bytes; a negative value counts as 0.
    public init(maximumDepth: Int = 128, maximumBytes: Int = 64 << 20) {
        self.maximumDepth = min(max(maximumDepth, 0), Self.greatestDepth)
        self.maximumBytes = max(maximumBytes, 0)
    }
}
