import Logging
import NIOCore
import NIOWebSocket
import Synchronization

/// One open page: reads commands from its WebSocket, writes events to it, and keeps it alive.
struct WebSocketLine: Sendable {
    let chat: any ChatService
    let user: ChatUser
    /// The page's origin, which has been checked.
    let origin: String
    let configuration: WebConfiguration
    let logger: Logger
    let sleep: @Sendable (Duration) async throws -> Void

    /// What ends when a line ends.
    private enum Part { case writer, other }

    /// Serves the page until either side closes.
    func run(_ channel: WebSocketChannel.Frames) async {
        let allocator = channel.channel.allocator
        // A page may send no more commands ahead of the chat than this.
        let (commands, commandSource) = AsyncStream.makeStream(of: ChatCommand.self, bufferingPolicy: .bufferingOldest(256))
        let out = OutgoingFrames(limit: configuration.maximumQueuedEvents)
        do {
            try await channel.executeThenClose { inbound, outbound in
                await withTaskGroup(of: Part.self) { group in
                    // The only one who writes: nothing may follow a close frame (RFC 6455 section 5.5.1).
                    group.addTask {
                        do {
                            for await frame in out.frames where !out.isClosing { try await outbound.write(frame) }
                            if let last = out.closeFrame { try await outbound.write(last) }
                        } catch {
                            out.end(.gone)
                        }
                        return .writer
                    }
                    group.addTask {
                        out.end(await read(inbound, commands: commandSource, out: out))
                        return .other
                    }
                    group.addTask {
                        await chat.serve(ChatPage(user: user, commands: commands, origin: origin) { out.send(ChatWire.text(of: $0)) })
                        out.end(.close(.goingAway, "The chat closed this page."))
                        return .other
                    }
                    group.addTask {
                        while (try? await sleep(configuration.heartbeat)) != nil { out.beat() }
                        return .other
                    }
                    for await end in out.ends {
                        if case .close(let code, let reason) = end {
                            out.close(with: .close(code, reason: reason, allocator: allocator))
                            while let part = await group.next(), part != .writer {}
                        }
                        break
                    }
                    commandSource.finish()
                    out.finish()
                    group.cancelAll()
                }
            }
        } catch {
            logger.debug("A page's line ended: \(error)")
        }
    }

    /// Reads frames until the page closes or does something that ends the line.
    private func read(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, commands: AsyncStream<ChatCommand>.Continuation, out: OutgoingFrames
    ) async -> OutgoingFrames.End {
        do {
            for try await frame in inbound {
                out.heard()
                switch frame.opcode {
                case .text:
                    do {
                        let command = try ChatWire.command(from: Array(frame.unmaskedData.readableBytesView))
                        if case .dropped = commands.yield(command) {
                            return .close(.policyViolation, "Too many commands at once. Send the next one after an answer.")
                        }
                    } catch {
                        logger.warning("A page sent a message that is no command: \(error)")
                        return .close(.dataInconsistentWithMessage, "\(error)")
                    }
                case .ping:
                    out.send(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
                case .connectionClose:
                    return .close(.normalClosure, "")
                case .binary:
                    return .close(.unacceptableData, "Commands are JSON text.")
                default:
                    break
                }
            }
        } catch {
            logger.debug("A page's line broke: \(error)")
        }
        return .gone
    }
}

/// What waits to be written to one page, and why its line ends.
///
/// Handing in a frame never blocks. The queue is bounded: a page that does not keep up is cut off, connects again, and asks for
/// what it missed.
private final class OutgoingFrames: Sendable {
    /// Why a line ends from this side.
    enum End: Sendable {
        case gone
        case close(WebSocketErrorCode, String)
    }

    let frames: AsyncStream<WebSocketFrame>
    let ends: AsyncStream<End>
    private let frameSource: AsyncStream<WebSocketFrame>.Continuation
    private let endSource: AsyncStream<End>.Continuation
    private let unansweredBeats = Mutex(0)
    private let last = Mutex<WebSocketFrame?>(nil)

    init(limit: Int) {
        (frames, frameSource) = AsyncStream.makeStream(of: WebSocketFrame.self, bufferingPolicy: .bufferingOldest(limit))
        (ends, endSource) = AsyncStream.makeStream(of: End.self, bufferingPolicy: .bufferingOldest(1))
    }

    func send(_ text: String) { send(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text))) }

    func send(_ frame: WebSocketFrame) {
        if case .dropped = frameSource.yield(frame) {
            // 1013: try again later (registered with IANA for RFC 6455 section 11.7).
            end(.close(.init(codeNumber: 1013), "This page fell behind; it catches up when it connects again."))
        }
    }

    /// The frame that ends the line, once there is one; what waits before it is dropped.
    var closeFrame: WebSocketFrame? { last.withLock { $0 } }
    var isClosing: Bool { closeFrame != nil }

    func close(with frame: WebSocketFrame) {
        last.withLock { $0 = frame }
        frameSource.finish()
    }

    /// Only the first reason counts.
    func end(_ end: End) { endSource.yield(end) }

    /// A sign of life in both directions: a ping, which the browser answers by itself, and a message for the page's script,
    /// which does not see pings. A page that answered none of three is taken for gone.
    func beat() {
        let unanswered = unansweredBeats.withLock { count in
            count += 1
            return count
        }
        if unanswered > 3 { return end(.gone) }
        send(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()))
        send(ChatWire.heartbeat)
    }

    /// The page sent something.
    func heard() { unansweredBeats.withLock { $0 = 0 } }

    func finish() {
        frameSource.finish()
        endSource.finish()
    }
}
