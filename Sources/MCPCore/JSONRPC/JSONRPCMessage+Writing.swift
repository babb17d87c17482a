// Messages are written around their params or result as these stand: an object made for the envelope would only be thrown away.

extension JSONRPCMessage {
    /// The message as a JSON document in UTF-8, without white space.
    public func serialized() -> [UInt8] { JSONOutput.bytes { $0.write(self) } }
}

extension JSONRPCRequest {
    /// The request as a JSON document in UTF-8, without white space.
    public func serialized() -> [UInt8] { JSONOutput.bytes { $0.write(self) } }
}

extension JSONRPCNotification {
    /// The notification as a JSON document in UTF-8, without white space.
    public func serialized() -> [UInt8] { JSONOutput.bytes { $0.write(self) } }
}

extension JSONRPCResponse {
    /// The response as a JSON document in UTF-8, without white space.
    public func serialized() -> [UInt8] { JSONOutput.bytes { $0.write(self) } }
}

extension JSONOutput {
    /// The bytes that `body` writes.
    static func bytes(_ body: (inout JSONOutput) -> Void) -> [UInt8] {
        withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { memory in
            var output = JSONOutput(memory)
            body(&output)
            return Array(output.written)
        }
    }

    mutating func write(_ message: JSONRPCMessage) {
        switch message {
        case .request(let request): write(request)
        case .notification(let notification): write(notification)
        case .response(let response): write(response)
        }
    }

    mutating func write(_ request: JSONRPCRequest) {
        write(literal: #"{"jsonrpc":"2.0","id":"#)
        write(request.id)
        write(literal: #","method":"#)
        write(string: request.method)
        write(params: request.params)
    }

    mutating func write(_ notification: JSONRPCNotification) {
        write(literal: #"{"jsonrpc":"2.0","method":"#)
        write(string: notification.method)
        write(params: notification.params)
    }

    mutating func write(_ response: JSONRPCResponse) {
        write(literal: #"{"jsonrpc":"2.0""#)
        if let id = response.id {
            write(literal: #","id":"#)
            write(id)
        }
        switch response.result {
        case .success(let result):
            write(literal: #","result":"#)
            write(.object(result))
        case .failure(let error):
            write(literal: #","error":"#)
            write(error.json)
        }
        write(UInt8(ascii: "}"))
    }

    private mutating func write(_ id: RequestID) {
        switch id {
        case .integer(let value): write(value)
        case .string(let value): write(string: value)
        }
    }

    private mutating func write(params: JSONObject) {
        if !params.isEmpty {
            write(literal: #","params":"#)
            write(.object(params))
        }
        write(UInt8(ascii: "}"))
    }
}
