/// What the beginning of a message says that was too long to be read.
enum DroppedMessage {
    private static let contents = [Array("\"result\"".utf8), Array("\"error\"".utf8)]

    /// The id of the request that it answers; `nil` where it answers none, or says so only behind its content.
    static func answeredRequest(_ beginning: [UInt8]) -> RequestID? {
        // Within a string quotation marks are escaped: this is a name, or a whole string, before which no object ends.
        guard let start = contents.compactMap({ beginning.firstRange(of: $0)?.lowerBound }).min(),
            let comma = beginning[..<start].lastIndex(of: UInt8(ascii: ","))
        else { return nil }
        let members = Array(beginning[..<comma]) + [UInt8(ascii: "}")]
        guard let message = (try? JSONValue(parsing: members))?.object, message["method"] == nil, let id = message["id"] else { return nil }
        return try? RequestID(json: id)
    }
}
