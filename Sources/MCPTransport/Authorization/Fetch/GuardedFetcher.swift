import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Makes requests to URLs that strangers have named, without being led anywhere else (server-side request forgery).
///
/// The host is resolved here, all its addresses are checked, and the connection is made to the very address that was checked: a name that
/// resolves differently a moment later (DNS rebinding) changes nothing. A redirect of a GET is followed a few times, each time with the same
/// checks; a POST, which carries secrets, is never sent on.
struct GuardedFetcher: AuthorizationFetcher {
    var policy: AddressPolicy
    /// Origins that were configured by whoever runs the client: their addresses are his business. `https:` stays demanded.
    var trustedOrigins: Set<String> = []
    var resolver = HostResolver.system
    var maximumBytes = 1 << 20
    var maximumRedirects = 3
    var timeout = Duration.seconds(15)

    func fetch(_ request: FetchRequest) async throws -> FetchReply {
        var request = request
        for _ in 0...maximumRedirects {
            let reply = try await fetchOnce(request)
            guard [301, 302, 303, 307, 308].contains(reply.status), request.body == nil, let location = reply.header("location") else { return reply }
            request.url = try Self.resolve(location, against: request.url)
        }
        throw AuthorizationError.unusableAnswer(url: request.url.text, reason: "it redirects more than \(maximumRedirects) times")
    }

    private func fetchOnce(_ request: FetchRequest) async throws -> FetchReply {
        try policy.check(request.url)
        let addresses: [NetworkAddress]
        do { addresses = try await resolver.addresses(request.url.host) } catch let error as ResolutionError {
            throw AuthorizationError.unusableAnswer(url: request.url.text, reason: error.description)
        }
        if !trustedOrigins.contains(request.url.origin) { try policy.check(addresses, of: request.url) }
        var failure: AuthorizationError?
        // A machine with both address families may reach only one of them.
        for address in addresses.prefix(4) {
            do { return try await send(request, to: address) } catch let error as ConnectionFailure {
                failure = .unusableAnswer(url: request.url.text, reason: "it cannot be reached: \(error.reason)")
            }
        }
        throw failure ?? .unusableAnswer(url: request.url.text, reason: "the host has no address")
    }

    private struct ConnectionFailure: Error {
        var reason: String
    }

    private func send(_ request: FetchRequest, to address: NetworkAddress) async throws -> FetchReply {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.dnsOverride = [request.url.host: address.description]
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let reply = try await send(request, with: client)
            try await client.shutdown()
            return reply
        } catch {
            // In a task of its own: a cancelled task shuts nothing down.
            await Task { try? await client.shutdown() }.value
            throw error
        }
    }

    private func send(_ request: FetchRequest, with client: HTTPClient) async throws -> FetchReply {
        // In lower case, so that the host is the one that `dnsOverride` knows.
        var outgoing = HTTPClientRequest(url: request.url.canonical)
        outgoing.method = HTTPMethod(rawValue: request.method)
        outgoing.headers.add(name: "accept", value: "application/json")
        for header in request.headers { outgoing.headers.replaceOrAdd(name: header.name, value: header.value) }
        switch request.body {
        case .form(let form):
            outgoing.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            outgoing.body = .bytes(ByteBuffer(string: form.encoded))
        case .json(let bytes):
            outgoing.headers.add(name: "content-type", value: "application/json")
            outgoing.body = .bytes(ByteBuffer(bytes: bytes))
        case nil: break
        }
        do {
            let response = try await client.execute(outgoing, timeout: .nanoseconds(Int64(timeout / .nanoseconds(1))))
            var body: [UInt8] = []
            for try await part in response.body {
                body.append(contentsOf: part.readableBytesView)
                guard body.count <= maximumBytes else {
                    throw AuthorizationError.unusableAnswer(url: request.url.text, reason: "the answer is longer than \(maximumBytes) bytes")
                }
            }
            return FetchReply(
                status: Int(response.status.code), headers: response.headers.map { ($0.name.lowercased(), $0.value) }, body: body)
        } catch let error as AuthorizationError {
            throw error
        } catch {
            try Task.checkCancellation()
            if let error = error as? HTTPClientError, error == .deadlineExceeded || error == .readTimeout {
                throw AuthorizationError.unusableAnswer(url: request.url.text, reason: "no answer in \(timeout)")
            }
            throw ConnectionFailure(reason: "\(error)")
        }
    }

    /// The URL of a `Location` (RFC 9110 section 10.2.2).
    static func resolve(_ location: String, against url: EndpointURL) throws -> EndpointURL {
        if location.hasPrefix("//") { return try EndpointURL("\(url.scheme):\(location)") }
        if location.hasPrefix("/") { return try EndpointURL(url.origin + location) }
        if location.contains("://") { return try EndpointURL(location) }
        let folder = url.path.lastIndex(of: "/").map { url.path[...$0] } ?? "/"
        return try EndpointURL(url.origin + folder + location)
    }
}
