/// How far a request has come (`notifications/progress`).
public struct ProgressUpdate: Sendable, Hashable {
    /// Grows with each update.
    public var progress: Double
    /// What `progress` will be at the end, where that is known.
    public var total: Double?
    /// For people.
    public var message: String?

    public init(progress: Double, total: Double? = nil, message: String? = nil) {
        self.progress = progress
        self.total = total
        self.message = message
    }
}

extension ProgressUpdate: JSONDecodable {
    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            progress: try object.decode("progress"), total: try object.decodeIfPresent("total"),
            message: try object.decodeIfPresent("message"))
    }
}
