import Foundation
import MCPCore
import Synchronization

extension ClientMutant {
    /// Faults in the face of what goes wrong.
    static let failures = [
        ClientMutant("no-recovery", "Does not open a session that is gone anew.") {
            $0.failure = { _, error in
                if error == .sessionEnded { throw TransportError.httpStatus(404, body: "") }
                throw error
            }
        },
        ClientMutant("end-for-result", "Takes the end of a stream for an empty result.") {
            $0.failure = { request, error in
                if case .closed = error, request.method == "tools/call" { return ["resultType": "complete", "content": []] }
                throw error
            }
        },
        ClientMutant("garbage-for-result", "Takes what is no message for an empty result.") {
            $0.failure = { request, error in
                if case .malformed = error, request.method == "tools/call" { return ["resultType": "complete", "content": []] }
                throw error
            }
        },
        ClientMutant("fails-on-unknown", "Fails when a notification comes that it does not know.") {
            $0.fail(when: { if case .notification(let notice) = $0 { !notice.method.hasPrefix("notifications/p") } else { false } })
        },
        ClientMutant("fails-on-garbage", "Fails when a line comes that is no message.") {
            let isBroken = Mutex(false)
            $0.diagnosed = { if case .malformed = $0 { isBroken.withLock { $0 = true } } }
            $0.response = { _, _ in if isBroken.withLock({ $0 }) { throw TransportError.closed("a line was no message") } }
        },
        ClientMutant("waits-for-the-dead", "Waits on when the server has gone.") {
            $0.failure = { request, error in
                if case .closed = error, request.method == "tools/call" { try await Task.sleep(for: .seconds(600)) }
                throw error
            }
        },
    ]

    /// Faults at the end.
    static let ends = [
        ClientMutant("ends-at-once", "Exits without closing anything.") { $0.closing = { exit(0) } }
    ]

    private mutating func fail(when isFatal: @escaping @Sendable (JSONRPCMessage) -> Bool) {
        let isBroken = Mutex(false)
        incoming = { message in
            if isFatal(message) { isBroken.withLock { $0 = true } }
            return message
        }
        response = { _, _ in if isBroken.withLock({ $0 }) { throw TransportError.closed("an unknown notification came") } }
    }
}
