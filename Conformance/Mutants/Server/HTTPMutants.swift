import HTTPTypes
import MCPCore
import Synchronization

/// Faults of streams, sessions, statuses and headers.
enum HTTPMutants {
    private static let mismatched: @Sendable (WireRequest) -> Bool = { request in
        let name = request.headers[.mcpRoutingName]
        return name != nil && name?.hasPrefix("=?") == false && request.method != nil
    }

    static let all = [
        oneAtATime,
        ServerMutant(
            "any-host", "Host and Origin are not looked at", at: .v2025_11_25, fails: ["dns-rebinding-protection", "http-origin"],
            .request { request in
                request.headers[.origin] = nil
                request.authority = "127.0.0.1"
            }),
        ServerMutant(
            "any-origin", "The Origin is not looked at", at: .v2026_07_28, fails: ["http-origin"],
            .request { request in if request.authority?.contains("evil") != true { request.headers[.origin] = nil } }),
        ServerMutant(
            "any-origin-of-streams", "The Origin of a GET is not looked at", at: .v2025_11_25, fails: ["http-origin"],
            .request { if $0.verb == .get { $0.headers[.origin] = nil } }),
        ServerMutant(
            "answers-twice", "A response comes twice on its stream", at: .v2025_11_25, fails: ["tools-call-with-logging"],
            .again { message, request in request.tool == "test_tool_with_logging" && message["result"] != nil }),
        ServerMutant(
            "wraps-answers", "A response is wrapped in an array", at: .v2025_11_25, fails: ["tools-call-audio"], .line(MessageMutants.wrappedSound)),
        ServerMutant(
            "answers-notifications", "A notification is answered with something", at: .v2025_11_25, fails: ["unknown-methods"],
            .body { $0.method == "notifications/no_such_notification" ? #"{"ok": true}"# : nil }),
        ServerMutant(
            "endless-session", "DELETE ends nothing", at: .v2025_11_25, fails: ["server-session-lifecycle"],
            .answer { $0.verb == .delete ? .noContent : nil }),
        ServerMutant(
            "unknown-session-400", "A session that does not exist is answered with 400", at: .v2025_11_25, fails: ["http-session-required"],
            .head { status, _, request in if request.headers[.mcpSession] == "no-such-session-for-conformance" { status = .badRequest } }),
        ServerMutant(
            "any-session-version", "The version header of a session is not looked at", at: .v2025_11_25, fails: ["http-version-header"],
            .request { if $0.headers[.mcpVersion] == "1999-01-01" { $0.headers[.mcpVersion] = nil } }),
        ServerMutant(
            "refuses-cancellations", "A cancellation of what is not there is answered with 404", at: .v2025_11_25,
            fails: ["http-notification-accepted", "cancel-unknown"],
            .answer { $0.method == "notifications/cancelled" && $0.params["requestId"] == 987_654 ? .notFound : nil }),
        ServerMutant(
            "unresumable", "A stream cannot be taken up again", at: .v2025_11_25, fails: ["server-sse-polling"],
            .answer { $0.verb == .get && $0.headers[.resumption] != nil ? .methodNotAllowed : nil }),
        ServerMutant(
            "puts", "PUT is accepted", at: .v2025_11_25, fails: ["http-methods"], .answer { $0.verb == .put ? .ok : nil }),
        ServerMutant(
            "any-method-header", "Mcp-Method is not compared", at: .v2026_07_28, fails: ["http-header-validation", "tasks-request-headers"],
            .request { request in if let method = request.method { request.headers[.mcpMethodName] = method } }),
        ServerMutant(
            "any-name-header", "Mcp-Name is not compared", at: .v2026_07_28, fails: ["http-header-validation", "tasks-request-headers"],
            .request { request in
                guard mismatched(request) else { return }
                let mirrored =
                    switch request.method {
                    case "resources/read": "uri"
                    case let method? where method.hasPrefix("tasks/"): "taskId"
                    default: "name"
                    }
                request.headers[.mcpRoutingName] = request.params[mirrored]?.string
            }),
        ServerMutant(
            "undecoded-names", "Mcp-Name in the Base64 form is not decoded", at: .v2026_07_28, fails: ["http-name-header-encoded"],
            .request { request in
                if let name = request.headers[.mcpRoutingName], name.hasPrefix("=?") { request.headers[.mcpRoutingName] = "undecoded" }
            }),
        ServerMutant(
            "any-parameter-header", "Mcp-Param headers are not compared", at: .v2026_07_28, fails: ["http-custom-header-server-validation"],
            .request { request in
                guard request.headers[.mcpRegion]?.hasPrefix("=?") != true, let region = request.params["arguments"]?["region"]?.string,
                    region.allSatisfy(\.isASCII)
                else { return }
                request.headers[.mcpRegion] = region
            }),
    ]

    /// Of requests that are made at once the first one waits until another was refused: so they overlap, however late that comes.
    private static let oneAtATime: ServerMutant = {
        let turns = Turns()
        let isMadeAtOnce: @Sendable (WireRequest) -> Bool = { $0.body["id"]?.string?.hasPrefix("at-once-") == true }
        return ServerMutant(
            "one-at-a-time", "A request is refused while another one runs", at: .v2025_11_25, fails: ["server-sse-multiple-streams"],
            .answer { request in
                if request.method == "initialize" { turns.reset() }
                return isMadeAtOnce(request) && !turns.take() ? .tooManyRequests : nil
            },
            .hold { if isMadeAtOnce($0) { try await turns.waitForRefusal() } },
            .head { _, _, request in if isMadeAtOnce(request) { turns.leave() } })
    }()
}

/// Lets in one at a time.
private final class Turns: Sendable {
    private struct State {
        var isTaken = false
        var hasRefused = false
    }

    private let state = Mutex(State())

    func reset() { state.withLock { $0 = State() } }

    /// - Returns: Whether it is the caller's turn.
    func take() -> Bool {
        state.withLock { state in
            if state.isTaken { state.hasRefused = true }
            defer { state.isTaken = true }
            return !state.isTaken
        }
    }

    func leave() { state.withLock { $0.isTaken = false } }

    /// Waits until somebody was refused, but not for ever: a suite that makes its requests one after the other is to see that it does.
    func waitForRefusal() async throws {
        let end = ContinuousClock.now + .seconds(20)
        while !state.withLock(\.hasRefused), .now < end { try await Task.sleep(for: .milliseconds(10)) }
    }
}
