import Dispatch
import Synchronization

/// Waits until a socket can be read or written, without holding a thread.
enum SocketReadiness {
    enum Direction: Sendable { case readable, writable }

    /// - Parameter deadline: when to stop waiting; `nil` waits as long as it takes.
    /// - Returns: whether the socket is ready; `false` when the deadline came first.
    static func wait(_ socket: CInt, _ direction: Direction, until deadline: DispatchTime? = nil, on queue: DispatchQueue) async -> Bool {
        await withCheckedContinuation { continuation in
            // Both sources fire on one serial queue, and the first cancels the other.
            let events = Events(continuation)
            let source: any DispatchSourceProtocol =
                switch direction {
                case .readable: DispatchSource.makeReadSource(fileDescriptor: socket, queue: queue)
                case .writable: DispatchSource.makeWriteSource(fileDescriptor: socket, queue: queue)
                }
            source.setEventHandler { events.fire(ready: true) }
            // Resumed only after the source has let go of the descriptor, which may be closed next.
            source.setCancelHandler { events.released() }
            var timer: (any DispatchSourceTimer)?
            if let deadline {
                let source = DispatchSource.makeTimerSource(queue: queue)
                source.schedule(deadline: deadline)
                source.setEventHandler { events.fire(ready: false) }
                timer = source
            }
            events.start(source, timer)
        }
    }

    private final class Events: Sendable {
        private struct State {
            var continuation: CheckedContinuation<Bool, Never>?
            var ready = false
        }

        private let state: Mutex<State>
        // Set in `start`, before either is active, and let go in `released`, when both have ended: never at the same time.
        private nonisolated(unsafe) var source: (any DispatchSourceProtocol)?
        private nonisolated(unsafe) var timer: (any DispatchSourceTimer)?

        init(_ continuation: CheckedContinuation<Bool, Never>) { state = Mutex(State(continuation: continuation)) }

        /// The sources are set once, before either can fire.
        func start(_ source: any DispatchSourceProtocol, _ timer: (any DispatchSourceTimer)?) {
            self.source = source
            self.timer = timer
            source.activate()
            timer?.activate()
        }

        func fire(ready: Bool) {
            state.withLock { $0.ready = ready }
            timer?.cancel()
            source?.cancel()
        }

        func released() {
            let (continuation, ready) = state.withLock { state in
                defer { state.continuation = nil }
                return (state.continuation, state.ready)
            }
            source = nil
            timer = nil
            continuation?.resume(returning: ready)
        }
    }
}
