import MCPCore

/// What an endpoint says of an error, in the forms that are about.
enum EndpointMessage {
    /// The message of `{"error": {"message": …}}`, `{"error": …}` or `{"message": …}`, shortened, and without the key, which some endpoints quote.
    static func text(in json: JSONValue, without key: Secret?) -> String? {
        guard let said = json["error"]?["message"]?.string ?? json["error"]?.string ?? json["message"]?.string else { return nil }
        return String((key?.redacted(in: said) ?? said).prefix(300))
    }
}
