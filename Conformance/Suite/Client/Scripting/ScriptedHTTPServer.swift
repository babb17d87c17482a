import HTTPTypes
import Hummingbird
import MCPCore
import NIOCore

/// Serves a script over HTTP on a free port of the loopback interface.
struct ScriptedHTTPServer: Sendable {
    var run: ClientRun
    var script: any ServerScript

    /// The longest body that a client may send, in bytes.
    private static let maximumBody = 16 << 20

    /// Answers a request; what fails in the script ends the connection.
    func respond(to request: Request) async throws -> Response {
        let head = request.head
        guard head.method == .post else {
            run.received(head)
            return try response(try await script.answer(head))
        }
        let body = try await request.body.collect(upTo: Self.maximumBody)
        let json: JSONValue
        do { json = try JSONValue(parsing: Array(body.readableBytesView)) } catch {
            run.received(unreadable: body.readableBytesView, error)
            return try response(.http(status: 400, headers: [("content-type", "text/plain")], body: "no JSON"))
        }
        let message = ClientMessage(json: json, head: head)
        run.received(message)
        return try response(try await script.answer(message))
    }

    private func response(_ answer: ScriptedAnswer) throws -> Response {
        switch answer {
        case .message(let json, let status, let headers, let isWrong):
            run.sent(json, isWrong: isWrong)
            return Self.response(status, headers + [("content-type", "application/json")], json.serialized())
        case .accepted: return Self.response(202, [], [])
        case .http(let status, let headers, let body): return Self.response(status, headers, Array(body.utf8))
        case .events(let headers, let write):
            return Response(
                status: .ok, headers: Self.fields(headers + [("content-type", "text/event-stream"), ("cache-control", "no-cache")]),
                body: StreamSink.body(run, write))
        case .exit: throw ConnectionEnd()
        }
    }

    /// Ends the connection.
    private struct ConnectionEnd: Error {}

    private static func response(_ status: Int, _ headers: [(String, String)], _ body: [UInt8]) -> Response {
        Response(status: .init(code: status), headers: fields(headers), body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    private static func fields(_ headers: [(String, String)]) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }
}
