import MCPCore
import NIOCore
import Synchronization

/// Sees on a connection that the client has gone while a request is answered.
///
/// Hummingbird's own call for it closes the connection behind the request; this one only watches, so that the connection is used again.
final class DisconnectWatcher: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private struct State {
        var isGone = false
        var onDisconnect: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())

    /// The watcher of the connection that the current task answers.
    @TaskLocal static var current: DisconnectWatcher?

    /// Runs `body` in a task that is cancelled when the client goes.
    static func cancelling<T: Sendable>(_ body: @escaping @Sendable () async -> T) async -> T {
        guard let watcher = current else { return await body() }
        let work = Task(executorPreference: CurrentExecutor.preference) { await body() }
        watcher.watch { work.cancel() }
        defer { watcher.watch(nil) }
        return await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            work.cancel()
        }
    }

    /// Has `action` run when the client goes, at once where it has gone; `nil` for nothing any more.
    func watch(_ action: (@Sendable () -> Void)?) {
        let isGone = state.withLock { state in
            state.onDisconnect = action
            return state.isGone
        }
        if isGone { action?() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        disconnected()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A client that has closed its sending side waits for no answer: no HTTP client half-closes and reads on.
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { disconnected() }
        context.fireUserInboundEventTriggered(event)
    }

    private func disconnected() {
        let action = state.withLock { state in
            state.isGone = true
            defer { state.onDisconnect = nil }
            return state.onDisconnect
        }
        action?()
    }
}
