import HTTPTypes
import MCPCore
import Synchronization

/// Faults of cancellation and of calls that take long.
enum TimingMutants {
    static let all = [
        ServerMutant(
            "never-cancels", "Cancellations are passed over", at: .v2025_11_25, fails: ["cancel-request"],
            .answer { $0.method == "notifications/cancelled" && $0.params["reason"] != nil ? .accepted : nil }),
        ServerMutant(
            "quick-instead", "A call that is to be cancelled ends at once", at: .v2026_07_28, fails: ["cancel-request"],
            .request { request in
                if request.isCall(of: "sleep", "milliseconds", 60_000) { request.params["arguments"] = ["milliseconds": 1] }
            }),
        ServerMutant(
            "cancels-namesakes", "A call fails where another one with its id is given up", at: .v2026_07_28, fails: ["cancel-same-id-elsewhere"],
            .resultWhere({ $0.isCall(of: "sleep", "milliseconds", 600) }) { $0["isError"] = true }),
        imaginedCancellations,
        oneThread,
        ServerMutant(
            "gives-up", "A call that takes long fails", at: .v2026_07_28, fails: ["slow-answer"],
            .resultWhere({ $0.isCall(of: "sleep", "milliseconds", 1500) }) { $0["isError"] = true }),
    ]

    /// Each time that it is asked, another call was cancelled.
    private static let imaginedCancellations = ServerMutant(
        "cancels-lost-streams", "A call is cancelled whose stream is lost", at: .v2025_11_25, fails: ["cancel-lost-stream"],
        .tool("count_cancelled") { result in
            let imagined = imagined.withLock { count in
                count += 1
                return count
            }
            result["content"] = [["type": "text", "text": .string("\(imagined)")]]
        })

    private static let imagined = Mutex(0)

    /// While the longer call runs, which ends with its cancellation, texts are refused.
    private static let oneThread = ServerMutant(
        "one-thread", "Quick calls are refused while a slow one runs", at: .v2025_11_25, fails: ["slow-call-does-not-block"],
        .answer { request in
            if request.isCall(of: "sleep", "milliseconds", 20_000) { isBusy.withLock { $0 = true } }
            if request.method == "initialize" { isBusy.withLock { $0 = false } }
            return request.tool == "test_simple_text" && isBusy.withLock(\.self) ? .serviceUnavailable : nil
        })

    private static let isBusy = Mutex(false)
}
