import MCPCore
import Synchronization

/// Learns which handlers end at once, from how long they took of late.
///
/// Such a handler may run on the thread that serves connections: to hand it to another and its answer back costs more than it does. One that has taken long there, and so held
/// up what else that thread serves, has to end at once twice as often in a row before it may again.
final class HandlerPace: Sendable {
    /// How long a handler may take, waiting included, that ends at once.
    static let limit = Duration.microseconds(250)
    /// How often in a row it has to.
    static let initiallyNeeded = 32
    private static let mostNeeded = 1 << 14
    /// After how many times in a row half of what is needed will do again.
    private static let forgiven = 1 << 12
    /// Tools that are remembered: those of a server that adds and removes them for ever must not grow.
    private static let maximumTools = 10_000

    /// Methods whose handlers are the server's own, or the same for all that the method names.
    private static let methods = [
        "ping", "server/discover", "tools/list", "prompts/list", "prompts/get", "resources/list", "resources/templates/list", "resources/read",
        "completion/complete", "logging/setLevel",
    ]

    private let byMethod = Dictionary(uniqueKeysWithValues: methods.map { ($0, Record()) })
    private let byTool = Mutex<[String: Record]>([:])
    private let tools: ToolRegistry

    /// - Parameter tools: Names that are none of its tools are not remembered.
    init(_ tools: ToolRegistry) { self.tools = tools }

    /// What is known of the handler of a request; `nil` where nothing is to be learned.
    func record(of request: JSONRPCRequest) -> Record? {
        guard request.method == "tools/call" else { return byMethod[request.method] }
        guard let name = request.params["name"]?.string else { return nil }
        if let known = byTool.withLock({ $0[name] }) { return known }
        guard tools.definition(named: name) != nil else { return nil }
        return byTool.withLock { records in
            if let known = records[name] { return known }
            if records.count >= Self.maximumTools { records.removeAll() }
            let record = Record()
            records[name] = record
            return record
        }
    }

    /// What is known of one handler. Runs that end at the same time may be counted as one; nothing depends on it.
    final class Record: Sendable {
        private let quickRuns = Atomic(0)
        private let needed = Atomic(HandlerPace.initiallyNeeded)

        /// Whether it ends at once.
        var isQuick: Bool { quickRuns.load(ordering: .relaxed) >= needed.load(ordering: .relaxed) }

        /// Takes a run in.
        func note(_ took: Duration) {
            let before = quickRuns.load(ordering: .relaxed)
            let needed = needed.load(ordering: .relaxed)
            if took > HandlerPace.limit {
                quickRuns.store(0, ordering: .relaxed)
                if before >= needed { self.needed.store(min(needed * 2, HandlerPace.mostNeeded), ordering: .relaxed) }
                return
            }
            guard before < needed + HandlerPace.forgiven else {
                let fewer = max(needed / 2, HandlerPace.initiallyNeeded)
                self.needed.store(fewer, ordering: .relaxed)
                return quickRuns.store(fewer, ordering: .relaxed)
            }
            quickRuns.store(before + 1, ordering: .relaxed)
        }

        /// Runs a handler, and takes in how long it took.
        func timing<Value>(isolation: isolated (any Actor)? = #isolation, _ body: () async -> Value) async -> Value {
            let began = ContinuousClock.Instant.now
            defer { note(.now - began) }
            return await body()
        }
    }
}
