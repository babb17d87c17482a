import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How a process ended.
public enum ProcessExit: Sendable, Hashable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    public var description: String {
        switch self {
        case .exited(let status): "the process exited with status \(status)"
        case .signalled(let signal): "the process was ended by signal \(signal)"
        }
    }
}

/// A process that this one has launched, with a process group of its own (`ChildProcess.Launch`).
///
/// A thread of its own waits for its end, so that it never stays as a zombie; what it leaves behind in its group ends with it.
final class ChildProcess: Sendable {
    struct Launch: Sendable {
        var command: String
        var arguments: [String]
        /// `NAME=value`.
        var environment: [String]
        var workingDirectory: String?
    }

    private struct State {
        var exit: ProcessExit?
        var waiters: [Int: CheckedContinuation<ProcessExit?, Never>] = [:]
        var nextWaiter = 0
    }

    let processID: Int32
    private let state = Mutex(State())

    /// Launches a process with these descriptors as its standard streams.
    /// - Throws: `SystemError`.
    init(_ launch: Launch, input: Int32, output: Int32, error: Int32) throws {
        processID = try launch.spawn(input: input, output: output, error: error)
        do { try SystemCall.startThread { [self] in watch() } } catch {
            // Nobody would wait for it.
            kill(-processID, SIGKILL)
            waitpid(processID, nil, 0)
            throw error
        }
    }

    var exit: ProcessExit? { state.withLock { $0.exit } }

    /// Signals the process and its group, unless it has ended.
    func signal(_ signal: Int32) {
        // Under the lock, because the id is free for another process once this one has been reaped.
        state.withLock { state in if state.exit == nil { kill(-processID, signal) } }
    }

    /// Waits for the end of the process.
    /// - Returns: `nil` once that time is over.
    func waitForExit(atMost duration: Duration) async -> ProcessExit? {
        await withTaskGroup(of: ProcessExit?.self) { group in
            group.addTask { await self.waitForExit() }
            group.addTask {
                try? await Task.sleep(for: duration)
                return nil
            }
            defer { group.cancelAll() }
            // Who was to tell it may have been late.
            return (await group.next() ?? nil) ?? exit
        }
    }

    /// Waits for the end of the process.
    /// - Returns: `nil` once the task is cancelled.
    @discardableResult func waitForExit() async -> ProcessExit? {
        let ticket = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: ProcessExit?? = state.withLock { state in
                    if let exit = state.exit { return .some(exit) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiters[ticket] = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(returning: nil)
        }
    }

    private func watch() {
        // First without reaping, so that the group's id still belongs to this process when the rest of the group is ended.
        var information = siginfo_t()
        while waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        let (exit, waiters) = state.withLock { state in
            kill(-processID, SIGKILL)
            var status: Int32 = 0
            while waitpid(processID, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7F
            let exit: ProcessExit = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
            state.exit = exit
            defer { state.waiters = [:] }
            return (exit, state.waiters)
        }
        for waiter in waiters.values { waiter.resume(returning: exit) }
    }
}
