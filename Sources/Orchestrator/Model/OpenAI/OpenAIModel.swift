import AsyncHTTPClient
import Foundation
import MCPCore
import NIOCore
import NIOHTTP1
import NIOPosix

/// A model behind an OpenAI-compatible endpoint: `POST {base}/chat/completions` with `stream: true`.
struct OpenAIModel: ChatModel {
    struct Settings: Sendable, Hashable {
        /// For example `https://api.openai.com/v1`, without a slash at its end.
        var baseURL: String
        /// Sent as a bearer token; endpoints on one's own machine often want none. Never printed.
        var key: Secret?
        var model: String
        /// How long the endpoint may send nothing, at the start and between two pieces, in seconds.
        var silenceLimit: Int
        /// How long a check waits for an answer.
        var checkLimit: Duration

        init(baseURL: String, key: Secret?, model: String, silenceLimit: Int = 120, checkLimit: Duration = .seconds(5)) {
            self.baseURL = baseURL
            self.key = key
            self.model = model
            self.silenceLimit = silenceLimit
            self.checkLimit = checkLimit
        }
    }

    private let settings: Settings
    private let client: HTTPClient

    /// - Parameter client: Made with ``clientConfiguration(silenceLimit:)``; whoever made it shuts it down.
    init(_ settings: Settings, client: HTTPClient) {
        self.settings = settings
        self.client = client
    }

    /// What an HTTP client needs so that silence is noticed.
    static func clientConfiguration(silenceLimit: Int) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(Int64(silenceLimit)))
        configuration.redirectConfiguration = .disallow
        // Where nothing listens, the reader hears of it at once and not when the time to connect is over.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    var description: ModelDescription { ModelDescription(name: settings.model, isDemonstration: false) }

    func answer(_ request: ModelRequest, emit: (ModelEvent) async throws -> Void) async throws {
        let response = try await mapped { try await client.execute(try httpRequest(request), deadline: .distantFuture) }
        guard response.status.code == 200 else { throw try await failure(of: response) }
        let isStream = response.headers.first(name: "content-type")?.lowercased().hasPrefix("application/json") != true
        var assembler = CompletionAssembler(key: settings.key)
        var parser = EventStreamParser()
        var whole: [UInt8] = []
        var chunks = response.body.makeAsyncIterator()
        while !assembler.isDone, let chunk = try await mapped({ try await chunks.next() }) {
            guard isStream else {
                // An endpoint that cannot stream answers with one object.
                whole.append(contentsOf: chunk.readableBytesView)
                if whole.count > 4 << 20 { throw ModelFailure.unreadable("an answer of more than 4 MiB") }
                continue
            }
            let events: [[UInt8]]
            do { events = try parser.take(chunk.readableBytesView) } catch { throw ModelFailure.unreadable("an event of more than 4 MiB") }
            for data in events {
                for event in try assembler.take(data) { try await emit(event) }
            }
        }
        if !isStream {
            for event in try assembler.take(whole) { try await emit(event) }
        }
        for event in try assembler.finish() { try await emit(event) }
    }

    func check() async -> ModelFailure? {
        do {
            var request = HTTPClientRequest(url: settings.baseURL + "/models")
            if let key = settings.key { request.headers.add(name: "Authorization", value: "Bearer \(key.value)") }
            let response = try await mapped { try await client.execute(request, timeout: TimeAmount(settings.checkLimit)) }
            let status = Int(response.status.code)
            // Not every endpoint lists its models: any answer but these says that it is there.
            guard [401, 403, 429].contains(status) || status >= 500 else { return nil }
            return try await failure(of: response)
        } catch {
            return error as? ModelFailure
        }
    }

    private func httpRequest(_ request: ModelRequest) throws -> HTTPClientRequest {
        var result = HTTPClientRequest(url: settings.baseURL + "/chat/completions")
        result.method = .POST
        result.headers.add(name: "Content-Type", value: "application/json")
        result.headers.add(name: "Accept", value: "text/event-stream")
        if let key = settings.key { result.headers.add(name: "Authorization", value: "Bearer \(key.value)") }
        result.body = .bytes(CompletionRequest.body(request, model: settings.model).serialized())
        return result
    }

    /// Turns what the HTTP client throws into a failure for the reader, and its cancellation into Swift's.
    private func mapped<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as HTTPClientError {
            switch error {
            case .cancelled: throw CancellationError()
            case .readTimeout: throw ModelFailure.silent(address: settings.baseURL, seconds: settings.silenceLimit)
            case .remoteConnectionClosed: throw ModelFailure.cut
            case .connectTimeout, .getConnectionFromPoolTimeout:
                throw ModelFailure.unreachable(address: settings.baseURL, reason: "no connection within 10 seconds")
            case .invalidURL, .emptyHost, .emptyScheme:
                throw ModelFailure.unreachable(address: settings.baseURL, reason: "this is no http:// or https:// address")
            default: throw ModelFailure.unreachable(address: settings.baseURL, reason: error.shortDescription)
            }
        } catch let error as HTTPParserError {
            switch error {
            // The body ended inside a chunk.
            case .invalidEOFState: throw ModelFailure.cut
            default: throw ModelFailure.unreadable("this is not HTTP: \(error)")
            }
        } catch let error as NIOConnectionError {
            let reason = error.connectionErrors.first.map { Self.reason(of: $0.error) } ?? "its name \(error.host) is not known"
            throw ModelFailure.unreachable(address: settings.baseURL, reason: reason)
        } catch let error as IOError {
            throw error.errnoCode == ECONNRESET || error.errnoCode == EPIPE
                ? ModelFailure.cut : ModelFailure.unreachable(address: settings.baseURL, reason: Self.reason(of: error))
        } catch let error as ModelFailure {
            throw error
        } catch {
            throw ModelFailure.unreachable(address: settings.baseURL, reason: "\(error)")
        }
    }

    private static func reason(of error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return error.errnoCode == ECONNREFUSED ? "nothing listens there" : String(cString: strerror(error.errnoCode))
    }

    private func failure(of response: HTTPClientResponse) async throws -> ModelFailure {
        let status = Int(response.status.code)
        let body = try? await response.body.collect(upTo: 64 << 10)
        let json = body.flatMap { try? JSONValue(parsing: Array($0.readableBytesView)) }
        let message = json.flatMap { EndpointMessage.text(in: $0, without: settings.key) }
        let later = response.headers.first(name: "retry-after").flatMap(Self.seconds)
        return switch status {
        case 401, 403: .refusedKey(status: status, message: message)
        case 404: .notFound(address: settings.baseURL, model: settings.model, message: message)
        case 429: .limited(retryAfter: later, message: message)
        case 500...: .endpointFailed(status: status, retryAfter: later, message: message)
        default: .refusedRequest(status: status, message: message)
        }
    }

    /// Reads a Retry-After header: seconds, or a date (RFC 9110, section 10.2.3).
    static func seconds(retryAfter: String) -> Int? {
        if let seconds = Int(retryAfter) { return max(0, seconds) }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: retryAfter).map { max(0, Int($0.timeIntervalSinceNow.rounded(.up))) }
    }
}
