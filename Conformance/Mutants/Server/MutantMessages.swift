import HTTPTypes
import MCPCore

/// Applies the mutations of a mutant to bytes.
struct MutantMessages: Sendable {
    let mutations: [WireMutation]

    func mutate(_ request: inout WireRequest) {
        for case .request(let change) in mutations { change(&request) }
    }

    /// - Returns: The bytes to send; `nil` where the message is dropped.
    func mutate(message bytes: [UInt8], of request: WireRequest) -> [UInt8]? {
        guard var message = try? JSONObject(json: JSONValue(parsing: bytes)) else { return bytes }
        for case .message(let change) in mutations where change(&message, request) == .drop { return nil }
        for case .line(let change) in mutations { if let line = change(message) { return line } }
        return message.serialized()
    }

    /// Whether the message is sent once more.
    func repeats(message bytes: [UInt8], of request: WireRequest) -> Bool {
        mutations.contains { mutation in
            guard case .again(let matches) = mutation, let message = try? JSONObject(json: JSONValue(parsing: bytes)) else { return false }
            return matches(message, request)
        }
    }

    func mutate(_ status: inout HTTPResponse.Status, _ headers: inout HTTPFields, of request: WireRequest) {
        for case .head(let change) in mutations { change(&status, &headers, request) }
    }

    func body(of request: WireRequest) -> String? {
        for case .body(let body) in mutations { if let text = body(request) { return text } }
        return nil
    }

    func answer(to request: WireRequest) -> HTTPResponse.Status? {
        for case .answer(let answer) in mutations { if let status = answer(request) { return status } }
        return nil
    }

    /// The answer to a message that is refused whatever it says, and its status.
    func refusal(of request: WireRequest) -> (status: HTTPResponse.Status, bytes: [UInt8])? {
        for case .refusal(let status, let code) in mutations {
            var message: JSONObject = ["jsonrpc": "2.0", "error": ["code": .integer(code), "message": "Everything is refused"]]
            message["id"] = request.body["id"]
            return (status, message.serialized())
        }
        return nil
    }

    var letsPrint: Bool {
        mutations.contains { if case .letPrint = $0 { true } else { false } }
    }

    func exchangeFault(of request: WireRequest) -> ExchangeFault? {
        for case .exchange(let fault) in mutations { if let fault = fault(request) { return fault } }
        return nil
    }

    /// Lets a request wait, where it has to.
    func hold(_ request: WireRequest) async throws {
        for case .hold(let wait) in mutations { try await wait(request) }
    }

    func fate(ofInput line: [UInt8]?) -> InputFate {
        for case .input(let fate) in mutations {
            let fate = fate(line)
            if case .keep = fate { continue }
            return fate
        }
        return .keep
    }
}
