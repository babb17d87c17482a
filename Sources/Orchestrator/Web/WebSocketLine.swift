import Logging
import MCPCore
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Synchronization

/// One open page: reads commands from its WebSocket, writes events to it, and keeps it alive.
struct WebSocketLine: Sendable {
    let chat: any ChatService
    let user: ChatUser
    let configuration: WebConfiguration
    let logger: Logger

    /// Why a line ends from this side.
    private enum End: Sendable {
        case gone
        case close(WebSocketErrorCode, String)
    }

    /// Serves the page until either side closes.
    func run(_ channel: WebSocketChannel.Frames) async {
        let allocator = channel.channel.allocator
        // A page may send no more commands ahead of the chat than this.
        let (commands, commandSource) = AsyncStream.makeStream(of: ChatCommand.self, bufferingPolicy: .bufferingOldest(256))
        let (frames, frameSource) = AsyncStream.makeStream(
            of: WebSocketFrame.self, bufferingPolicy: .bufferingOldest(configuration.maximumQueuedEvents))
        let (ends, endSource) = AsyncStream.makeStream(of: End.self, bufferingPolicy: .bufferingOldest(1))
        let unanswered = Mutex(0)

        @Sendable func send(_ text: String) {
            let frame = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text))
            if case .dropped = frameSource.yield(frame) {
                endSource.yield(.close(.init(codeNumber: 1013), "This page fell behind; it catches up when it connects again."))
            }
        }

        do {
            try await channel.executeThenClose { inbound, outbound in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        do {
                            for await frame in frames { try await outbound.write(frame) }
                        } catch {
                            endSource.yield(.gone)
                        }
                    }
                    group.addTask {
                        endSource.yield(await read(inbound, unanswered: unanswered, commands: commandSource, pong: { frameSource.yield($0) }))
                    }
                    group.addTask {
                        await chat.serve(ChatPage(user: user, commands: commands) { event in send(ChatWire.text(of: event)) })
                        endSource.yield(.close(.goingAway, "The chat closed this page."))
                    }
                    group.addTask {
                        while (try? await Task.sleep(for: configuration.heartbeat)) != nil {
                            let missed = unanswered.withLock { count in
                                count += 1
                                return count
                            }
                            if missed > 3 { return _ = endSource.yield(.gone) }
                            frameSource.yield(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()))
                            // Scripts do not see pings; this lets the page notice a dead line itself.
                            send(ChatWire.heartbeat)
                        }
                    }
                    for await end in ends {
                        if case .close(let code, let reason) = end {
                            try? await outbound.write(.close(code, reason: reason, allocator: allocator))
                        }
                        break
                    }
                    commandSource.finish()
                    frameSource.finish()
                    group.cancelAll()
                }
            }
        } catch {
            logger.debug("A page's line ended: \(error)")
        }
    }

    /// Reads frames until the page closes or does something that ends the line.
    private func read(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, unanswered: borrowing Mutex<Int>,
        commands: AsyncStream<ChatCommand>.Continuation, pong: @Sendable (WebSocketFrame) -> Void
    ) async -> End {
        do {
            for try await frame in inbound {
                unanswered.withLock { $0 = 0 }
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
                    pong(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
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
