import MCPCore
import NIOCore
import NIOPosix

/// Serves a script to a client that launches its server: the process that it launches is a relay (`mcp-conformance relay`), which connects here.
struct ScriptedLineServer: Sendable {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    var run: ClientRun
    var script: any ServerScript

    /// Serves one relay until it, or the server, ends.
    func serve(_ connection: Connection) async throws {
        try await connection.executeThenClose { inbound, outbound in
            let sink = LineSink(run: run, outbound: outbound)
            await withTaskGroup(of: Void.self) { group in
                var rest = ByteBuffer()
                do {
                    for try await part in inbound {
                        var part = part
                        rest.writeBuffer(&part)
                        while let line = Self.line(of: &rest) {
                            guard let message = read(line) else { continue }
                            // Each on its own: the answer to one may wait for another.
                            group.addTask { await answer(message, sink) }
                        }
                    }
                } catch {}
                run.mark("input closed")
                sink.closed.open()
                await script.inputClosed(sink)
                run.mark("server gone")
                group.cancelAll()
            }
        }
    }

    private static func line(of buffer: inout ByteBuffer) -> [UInt8]? {
        guard let end = buffer.readableBytesView.firstIndex(of: 0x0A) else { return nil }
        let line = buffer.readBytes(length: end - buffer.readerIndex)
        buffer.moveReaderIndex(forwardBy: 1)
        buffer.discardReadBytes()
        return line
    }

    private func read(_ line: [UInt8]) -> ClientMessage? {
        do {
            let message = ClientMessage(json: try JSONValue(parsing: line))
            run.received(message)
            return message
        } catch {
            run.received(unreadable: line, error)
            return nil
        }
    }

    private func answer(_ message: ClientMessage, _ sink: LineSink) async {
        do {
            switch try await script.answer(message) {
            case .message(let json, _, _, let isWrong): try await sink.send(json, isWrong: isWrong)
            case .events(_, let write): try await write(sink)
            case .accepted, .http: break
            case .exit: sink.end()
            }
        } catch is CancellationError {
        } catch {
            // The relay has gone: nobody is left to tell.
            sink.end()
        }
    }
}

/// The output of a scripted server on stdio.
final class LineSink: EventSink {
    private let run: ClientRun
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    let closed = Latch()

    init(run: ClientRun, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
        self.run = run
        self.outbound = outbound
    }

    func send(_ message: JSONValue, isWrong: Bool) async throws {
        run.sent(message, isWrong: isWrong)
        try await write(message.serialized() + [0x0A])
    }

    func write(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    func waitUntilClosed() async { await closed.wait() }

    /// Closes the output, at which the relay ends.
    func end() { outbound.finish() }
}
