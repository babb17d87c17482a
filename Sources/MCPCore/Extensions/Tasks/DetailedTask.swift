/// The state of work that answers a request later (`DetailedTask`, SEP-2663).
public struct DetailedTask: Sendable, Hashable {
    public enum State: Sendable, Hashable {
        case working
        /// The requests that the client is to answer, by keys; all that are open.
        case inputRequired(JSONObject)
        /// The request's own result, which may say `isError`.
        case completed(JSONObject)
        /// The JSON-RPC error that the request would have had.
        case failed(JSONRPCError)
        case cancelled
    }

    /// Made by the server; whoever knows it may, without authorization, be taken for the client.
    public var id: String
    public var state: State
    /// How it stands, for people and models.
    public var statusMessage: String?
    /// ISO 8601.
    public var createdAt: String
    /// ISO 8601.
    public var lastUpdatedAt: String
    /// How long the server keeps it, counted from its creation; `nil` without a limit.
    public var ttlMilliseconds: Int?
    /// How often the client should ask.
    public var pollIntervalMilliseconds: Int?

    public init(
        id: String, state: State = .working, statusMessage: String? = nil, createdAt: String, lastUpdatedAt: String,
        ttlMilliseconds: Int?, pollIntervalMilliseconds: Int? = nil
    ) {
        self.id = id
        self.state = state
        self.statusMessage = statusMessage
        self.createdAt = createdAt
        self.lastUpdatedAt = lastUpdatedAt
        self.ttlMilliseconds = ttlMilliseconds
        self.pollIntervalMilliseconds = pollIntervalMilliseconds
    }

    /// Whether it has come to its end and changes no more.
    public var isTerminal: Bool {
        switch state {
        case .working, .inputRequired: false
        case .completed, .failed, .cancelled: true
        }
    }
}

extension DetailedTask: JSONEncodable, JSONDecodable {
    public var json: JSONValue { .object(members) }

    var members: JSONObject {
        var object = seed
        switch state {
        case .working, .cancelled: break
        case .inputRequired(let requests): object["inputRequests"] = .object(requests)
        case .completed(let result): object["result"] = .object(result)
        case .failed(let error): object["error"] = error.json
        }
        return object
    }

    /// The members of `Task`, without what its status adds: what `CreateTaskResult` has.
    var seed: JSONObject {
        var object: JSONObject = ["taskId": .string(id), "status": .string(status)]
        object.set("statusMessage", statusMessage)
        object["createdAt"] = .string(createdAt)
        object["lastUpdatedAt"] = .string(lastUpdatedAt)
        object["ttlMs"] = ttlMilliseconds.map { .integer(Int64($0)) } ?? .null
        object.set("pollIntervalMs", pollIntervalMilliseconds)
        return object
    }

    private var status: String {
        switch state {
        case .working: "working"
        case .inputRequired: "input_required"
        case .completed: "completed"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        let state: State
        switch try object.decode("status", as: String.self) {
        case "working": state = .working
        case "input_required": state = .inputRequired(try object.decode("inputRequests"))
        case "completed": state = .completed(try object.decode("result"))
        case "failed": state = .failed(try object.decode("error"))
        case "cancelled": state = .cancelled
        case let other:
            throw JSONDecodingError(path: ["status"], expected: "working, input_required, completed, failed or cancelled", found: other.abbreviated)
        }
        try self.init(object, state: state)
    }

    /// Reads a `CreateTaskResult`, which has nothing of what a status adds.
    init(seed object: JSONObject) throws {
        let state: State
        switch try object.decode("status", as: String.self) {
        case "working", "completed", "failed", "input_required": state = .working
        case "cancelled": state = .cancelled
        case let other: throw JSONDecodingError(path: ["status"], expected: "a status of tasks", found: other.abbreviated)
        }
        try self.init(object, state: state)
    }

    private init(_ object: JSONObject, state: State) throws {
        self.init(
            id: try object.decode("taskId"), state: state, statusMessage: try object.decodeIfPresent("statusMessage"),
            createdAt: try object.decode("createdAt"), lastUpdatedAt: try object.decode("lastUpdatedAt"),
            ttlMilliseconds: try object.decodeIfPresent("ttlMs"), pollIntervalMilliseconds: try object.decodeIfPresent("pollIntervalMs"))
    }
}
