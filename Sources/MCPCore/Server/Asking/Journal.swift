/// What a call has asked, been answered and done so far, while the client answers. It travels in `requestState`, sealed or as a handle.
struct Journal: Sendable, Hashable {
    /// Questions that have gone out, with their params: an answer counts only for the question that was asked.
    var asked: [String: JSONObject] = [:]
    /// Answered questions, with their params and the client's result.
    var answers: [String: Answered] = [:]
    /// The values of steps.
    var steps: [String: JSONValue] = [:]
    /// The state of a handler that keeps its own.
    var own: String?

    struct Answered: Sendable, Hashable {
        var params: JSONObject
        var result: JSONObject
    }

    /// - Throws: A `JSONRPCError` for a journal that is longer than the server keeps.
    static func check(_ bytes: Int, limit: Int) throws {
        guard bytes > limit else { return }
        throw JSONRPCError(
            .internalError, "The journal of this call has \(bytes) bytes, more than the \(limit) that the server keeps; its steps must return less")
    }
}

extension Journal: JSONEncodable, JSONDecodable {
    var json: JSONValue {
        var object = JSONObject()
        if !asked.isEmpty { object["asked"] = asked.json }
        if !answers.isEmpty { object["answers"] = answers.json }
        if !steps.isEmpty { object["steps"] = steps.json }
        object.set("own", own)
        return .object(object)
    }

    init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            asked: try object.decodeIfPresent("asked") ?? [:],
            answers: try object.decodeIfPresent("answers") ?? [:],
            steps: try object.decodeIfPresent("steps") ?? [:],
            own: try object.decodeIfPresent("own"))
    }
}

extension Journal.Answered: JSONEncodable, JSONDecodable {
    var json: JSONValue { ["params": .object(params), "result": .object(result)] }
    init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(params: try object.decode("params"), result: try object.decode("result"))
    }
}
