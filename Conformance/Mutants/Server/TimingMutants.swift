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
            "ignores-closed-streams", "A call goes on whose stream the client has closed", at: .v2026_07_28, fails: ["cancel-request"],
            .exchange { $0.method == "tools/call" ? .ignoresDisconnects : nil }),
        ServerMutant(
            "cancels-namesakes", "A call is cancelled where another one with its id is given up", at: .v2026_07_28, fails: ["cancel-same-id-elsewhere"],
            .exchange { $0.method == "tools/call" ? .cancelsNamesakes : nil }),
        ServerMutant(
            "cancels-lost-streams", "A call of a session is cancelled whose stream is lost", at: .v2025_11_25, fails: ["cancel-lost-stream"],
            .exchange { $0.tool == "sleep" ? .cancelsLostStreams : nil }),
        oneThread,
        ServerMutant(
            "gives-up", "A call that takes a second and a half is given up", at: .v2026_07_28, fails: ["slow-answer"],
            // At once: two clocks that run against each other would decide otherwise now and then.
            .answer { $0.isCall(of: "sleep", "milliseconds", 1500) ? .gatewayTimeout : nil }),
    ]

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
