/// Why a model gave no answer, or only a part of one, in words for the reader of the chat.
enum ModelFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Nothing answers at the address.
    case unreachable(address: String, reason: String)
    /// The endpoint did not answer in time, or fell silent in the middle. Seconds.
    case silent(address: String, seconds: Int)
    /// 401 or 403.
    case refusedKey(status: Int, message: String?)
    /// 404: the address or the model's name is wrong.
    case notFound(address: String, model: String, message: String?)
    /// 429, with the seconds after which the endpoint takes requests again, where it said so.
    case limited(retryAfter: Int?, message: String?)
    /// 5xx.
    case endpointFailed(status: Int, retryAfter: Int?, message: String?)
    /// Any other status: the request is not to the endpoint's liking.
    case refusedRequest(status: Int, message: String?)
    /// The stream ended before the answer did.
    case cut
    /// The endpoint sent something that is no chat completion.
    case unreadable(String)

    var description: String {
        switch self {
        case .unreachable(let address, let reason):
            "The model endpoint \(address) cannot be reached (\(reason)). Check that it runs and that OPENAI_BASE_URL is right, then ask again."
        case .silent(let address, let seconds):
            "The model endpoint \(address) sent nothing for \(seconds) seconds. Ask again; if it stays silent, check the endpoint."
        case .refusedKey(let status, let message):
            "The model endpoint refused the key (\(status)\(Self.quoted(message))). Set OPENAI_API_KEY to a valid key and start again."
        case .notFound(let address, let model, let message):
            "The model endpoint \(address) does not know this address or the model “\(model)”\(Self.spoken(message))."
                + " Check OPENAI_BASE_URL (it usually ends in /v1) and OPENAI_MODEL."
        case .limited(let seconds, let message):
            "The model endpoint takes no more requests for now (429\(Self.quoted(message))). \(Self.later(seconds))"
        case .endpointFailed(let status, let seconds, let message):
            "The model endpoint failed (\(status)\(Self.quoted(message))). \(Self.later(seconds))"
        case .refusedRequest(let status, let message):
            "The model endpoint refused the request (\(status)\(Self.quoted(message))). If this comes again, start a new chat or choose another model."
        case .cut:
            "The model's answer broke off: the endpoint closed the stream before the end. What came is kept; ask again for the rest."
        case .unreadable(let what):
            "The model endpoint answered with something that is no chat completion (\(what)). Check that OPENAI_BASE_URL points to an OpenAI-compatible endpoint."
        }
    }

    /// Whether asking again without changing anything can help.
    var isPassing: Bool {
        switch self {
        case .unreachable, .silent, .limited, .endpointFailed, .cut: true
        case .refusedKey, .notFound, .refusedRequest, .unreadable: false
        }
    }

    private static func quoted(_ message: String?) -> String { message.map { ": \($0)" } ?? "" }
    private static func spoken(_ message: String?) -> String { message.map { ": \($0)" } ?? "" }
    private static func later(_ seconds: Int?) -> String {
        switch seconds {
        case nil: "Ask again in a while."
        case 1: "Ask again in 1 second."
        case let seconds?: "Ask again in \(seconds) seconds."
        }
    }
}
