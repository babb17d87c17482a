import MCPCore
import Synchronization

/// One run of a scenario: collects what its checks come to and sees every message of the implementation under test.
public final class ScenarioRun: Sendable {
    /// Thrown where a scenario asks for something optional that the implementation does not offer: it is neither passed nor failed.
    struct NotApplicable: Error { let reason: String }

    private struct State {
        var results: [String: CheckResult] = [:]
        var messages = 0
        var log: [String] = []
    }

    /// Every message has the form that the schema of its revision asks for.
    public static let wireCheck = Check("wire-schema-valid", "Every message of the implementation fits the schema of its revision")
    private static let maximumLogLines = 400
    private static let maximumLineLength = 4000

    public let revision: ProtocolRevision
    public let binding: Binding
    /// How long to wait for one answer.
    public let answerLimit: Duration
    private let checks: [Check]
    private let validator: any WireValidator
    private let sender: Side
    private let state = Mutex(State())

    init(checks: [Check], binding: Binding, revision: ProtocolRevision, sender: Side, validator: any WireValidator, answerLimit: Duration) {
        self.checks = checks.filter { $0.bindings.contains(binding) && $0.revisions.contains(revision) } + [Self.wireCheck]
        self.binding = binding
        self.revision = revision
        self.sender = sender
        self.validator = validator
        self.answerLimit = answerLimit
    }

    /// Reaches a check. A check that is reached more than once keeps its worst result.
    public func check(_ id: String, _ holds: Bool, _ details: @autoclosure () -> String) {
        record(id, holds ? .passed : .failed, holds ? nil : details())
    }

    /// Reaches a check of something that the specification only recommends.
    public func recommend(_ id: String, _ holds: Bool, _ details: @autoclosure () -> String) {
        record(id, holds ? .passed : .warning, holds ? nil : details())
    }

    /// Leaves out a check of something that the implementation does not offer.
    public func skip(_ id: String, _ reason: String) { record(id, .skipped, reason) }

    /// Says that the implementation does not offer what the whole scenario is about: to be thrown. What has failed before stays failed.
    public func notApplicable(_ reason: String) -> any Error { NotApplicable(reason: reason) }

    /// Takes a message of the implementation under test and holds it against the schema.
    /// - Parameters:
    ///   - method: For a response, the method of the request that it answers.
    ///   - isRefusal: Whether it came with an HTTP status of 4xx, or answers what can hardly be read.
    public func received(_ message: JSONValue, answering method: String? = nil, revision: ProtocolRevision? = nil, isRefusal: Bool = false) {
        note("<-", message)
        let violations = validator.violations(
            of: message, from: sender, revision: revision ?? self.revision, answering: method, isRefusal: isRefusal)
        state.withLock { $0.messages += 1 }
        let details = violations.prefix(5).map(\.description).joined(separator: "; ")
        check(Self.wireCheck.id, violations.isEmpty, "\(method.map { "answer to \($0): " } ?? "")\(details) in \(message.excerpt)")
    }

    /// Takes something that is no message at all.
    public func receivedGarbage(_ details: String) {
        note("<-", .string(details))
        check(Self.wireCheck.id, false, details)
    }

    /// Keeps what the suite sends for the report of a failure.
    public func sent(_ message: JSONValue) { note("->", message) }

    private func note(_ direction: String, _ message: JSONValue) {
        state.withLock { state in
            guard state.log.count < Self.maximumLogLines else { return }
            state.log.append("\(direction) \(String(message.serializedString.prefix(Self.maximumLineLength)))")
        }
    }

    private func record(_ id: String, _ status: CheckResult.Status, _ details: String?) {
        let check = checks.first { $0.id == id } ?? Check(id, "(a check that the scenario does not declare)")
        state.withLock { state in
            if let earlier = state.results[id], earlier.status >= status { return }
            state.results[id] = CheckResult(check, status, details: details)
        }
    }

    /// What all checks came to; those that were not reached have failed.
    func results() -> [CheckResult] {
        state.withLock { state in
            let declared = checks.map { state.results[$0.id] ?? CheckResult($0, .failed, details: "The scenario ended before this was seen.") }
            let undeclared = state.results.values.filter { result in !checks.contains { $0.id == result.check.id } }
            return declared + undeclared.map { CheckResult($0.check, .failed, details: "The scenario must declare this check.") }
        }
    }

    /// Whether a check has been reached.
    func reached(_ id: String) -> Bool { state.withLock { $0.results[id] != nil } }

    var hasFailures: Bool { state.withLock { $0.results.values.contains { $0.status == .failed } } }
    var log: [String] { state.withLock { $0.log } }
    var messages: Int { state.withLock { $0.messages } }
}

extension JSONValue {
    /// The beginning of the value, for messages to people.
    var excerpt: String {
        let text = serializedString
        return text.count > 300 ? text.prefix(300) + "…" : text
    }
}
