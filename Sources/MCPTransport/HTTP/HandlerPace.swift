import MCPCore
import Synchronization

/// Learns which handlers end at once, from how long they took of late.
///
/// Such a handler may run on the thread that serves connections: to hand it to another and its answer back costs more than it does. One that takes long there holds up
/// what else that thread serves. That it does so once says little: the system takes a thread's processor away in the middle of what ends at once, on a busy machine for
/// one request of a hundred. So each handler has a score of its slow runs, and quick ones wear it off.
final class HandlerPace: Sendable {
    /// What no pause of the system explains: a run that took as much longer than it may puts its handler off for a long time.
    static let longPause = Duration.milliseconds(20)
    /// With a lower score a handler counts as one that ends at once.
    private static let threshold = 32
    /// Nothing is known yet: it has to end at once 32 times in a row.
    private static let initialScore = 2 * threshold
    /// One slow run does no harm, two of them behind each other, or one in 25, do.
    private static let scoreOfSlowRun = 24
    private static let mostScore = 1024

    /// Tools that are remembered: those of a server that adds and removes them for ever must not grow.
    private static let maximumTools = 10_000

    /// Methods whose handlers are the server's own, or the same for all that the method names.
    private static let methods = [
        "ping", "server/discover", "tools/list", "prompts/list", "prompts/get", "resources/list", "resources/templates/list", "resources/read",
        "completion/complete", "logging/setLevel",
    ]

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

    /// What is known of one handler. Of runs that end at the same time one may get lost; nothing depends on it.
    final class Record: Sendable {
        private let limit: Duration
        private let score = Atomic(HandlerPace.initialScore)

        init(limit: Duration) { self.limit = limit }

        /// Whether it ends at once.
        var isQuick: Bool { score.load(ordering: .relaxed) < HandlerPace.threshold }

        /// Takes a run in.
        func note(_ took: Duration) {
            let before = score.load(ordering: .relaxed)
            let after =
                switch took {
                case ...limit: max(before - 1, 0)
                case ...(limit + HandlerPace.longPause): min(before + HandlerPace.scoreOfSlowRun, HandlerPace.mostScore)
                default: HandlerPace.mostScore
                }
            if after != before { score.store(after, ordering: .relaxed) }
        }

        /// Runs a handler, and takes in how long it took.
        func timing<Value>(isolation: isolated (any Actor)? = #isolation, _ body: () async -> Value) async -> Value {
            let began = ContinuousClock.Instant.now
            defer { note(.now - began) }
            return await body()
        }
    }
}
