import MCPCore
import Synchronization

/// Learns which handlers end at once, from how long they took of late.
///
/// Such a handler may run on the thread that serves connections: to hand it to another and its answer back costs more than it does. One that takes long there holds up
/// what else that thread serves. That it does so once says little: the system takes a thread's processor away in the middle of what ends at once, on a busy machine for
/// one request of a hundred. So each handler has a score of its slow runs, and quick ones wear it off.
///
/// A stranger must not be able to teach that a handler is quick by calls that never reach what takes long in it: a quick run counts only if it succeeded, and each long one makes
/// the way back longer.
final class HandlerPace: Sendable {
    /// What no pause of the system explains, a container's quota of processor time included: a run that took as much longer than it may puts its handler off for a long time.
    static let longPause = Duration.milliseconds(100)
    /// With a lower score a handler counts as one that ends at once.
    private static let threshold = 32
    /// Nothing is known yet: 32 quick runs are needed.
    private static let initialScore = 2 * threshold - 1
    /// One slow run does no harm; two of them behind each other, or more than one in 25, do.
    private static let scoreOfSlowRun = 24
    private static let scoreOfLongRun = 1 << 10
    private static let mostScore = 1 << 16
    /// Tools that are remembered: those of a server that adds and removes them for ever must not grow.
    private static let maximumTools = 10_000

    /// Methods whose handlers are the server's own. What reads a resource, makes a prompt or completes differs with what is named.
    private static let methods = ["ping", "server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list", "logging/setLevel"]

    private let limit: Duration
    private let byMethod: [String: Record]
    private let byTool = Mutex<[String: Record]>([:])
    private let tools: ToolRegistry

    /// - Parameters:
    ///   - tools: Names that are none of its tools are not remembered.
    ///   - limit: How long a handler may take, waiting included, that ends at once.
    init(_ tools: ToolRegistry, limit: Duration) {
        self.tools = tools
        self.limit = limit
        byMethod = Dictionary(uniqueKeysWithValues: Self.methods.map { ($0, Record(limit: limit)) })
    }

    /// What is known of the handler of a request; `nil` where nothing is to be learned.
    func record(of request: JSONRPCRequest) -> Record? {
        guard request.method == "tools/call" else { return byMethod[request.method] }
        guard let name = request.params["name"]?.string else { return nil }
        if let known = byTool.withLock({ $0[name] }) { return known }
        guard tools.definition(named: name) != nil else { return nil }
        return byTool.withLock { records in
            if let known = records[name] { return known }
            if records.count >= Self.maximumTools { records.removeAll() }
            let record = Record(limit: limit)
            records[name] = record
            return record
        }
    }

    /// What is known of one handler.
    final class Record: Sendable {
        private let limit: Duration
        private let score = Atomic(HandlerPace.initialScore)
        /// What the next long run puts on the score.
        private let penalty = Atomic(HandlerPace.scoreOfLongRun)

        init(limit: Duration) { self.limit = limit }

        /// Whether it ends at once.
        var isQuick: Bool { score.load(ordering: .relaxed) < HandlerPace.threshold }

        /// Takes in a run that ends now.
        /// - Parameter response: What it answered.
        func note(since began: ContinuousClock.Instant, _ response: JSONRPCResponse) {
            note(.now - began, succeeded: !Task.isCancelled && Self.isComplete(response))
        }

        /// Takes in a run.
        func note(_ took: Duration, succeeded: Bool = true) {
            switch took {
            case ...limit:
                guard succeeded else { return }
                let before = score.load(ordering: .relaxed)
                // One of two that end at the same time may get lost, and never a slow one.
                guard before > 0 else { return }
                let (isTaken, _) = score.compareExchange(expected: before, desired: before - 1, ordering: .relaxed)
                // Worn off: the next long run counts for less than it would have.
                if isTaken, before == 1 { penalty.store(max(penalty.load(ordering: .relaxed) / 2, HandlerPace.scoreOfLongRun), ordering: .relaxed) }
            case ...(limit + HandlerPace.longPause): add(HandlerPace.scoreOfSlowRun)
            default:
                let penalty = penalty.load(ordering: .relaxed)
                self.penalty.store(min(penalty * 2, HandlerPace.mostScore), ordering: .relaxed)
                add(penalty)
            }
        }

        private func add(_ points: Int) {
            var before = score.load(ordering: .relaxed)
            while true {
                let after = min(before + points, HandlerPace.mostScore)
                let (exchanged, original) = score.compareExchange(expected: before, desired: after, ordering: .relaxed)
                if exchanged { return }
                before = original
            }
        }

        /// Whether a handler has done what it was called for.
        private static func isComplete(_ response: JSONRPCResponse) -> Bool {
            guard case .success(let result) = response.result else { return false }
            return result["isError"]?.bool != true && (result["resultType"]?.string ?? "complete") == "complete"
        }
    }
}
