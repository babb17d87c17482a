import Foundation
import MCPCore
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import MCPAuthorization

/// A server on loopback that answers as it is told, and counts.
private struct LoopbackServer {
    let channel: any Channel
    let requests: Requests
    var port: Int { channel.localAddress?.port ?? 0 }

    final class Requests: Sendable {
        let lines = Mutex<[String]>([])
    }

    init(_ answer: @escaping @Sendable (HTTPRequestHead) -> (HTTPResponseStatus, HTTPHeaders, Int)) async throws {
        let requests = Requests()
        self.requests = requests
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.configureHTTPServerPipeline()
                    try child.pipeline.syncOperations.addHandler(Answers(answer, requests))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private final class Answers: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        let answer: @Sendable (HTTPRequestHead) -> (HTTPResponseStatus, HTTPHeaders, Int)
        let requests: Requests

        init(_ answer: @escaping @Sendable (HTTPRequestHead) -> (HTTPResponseStatus, HTTPHeaders, Int), _ requests: Requests) {
            (self.answer, self.requests) = (answer, requests)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            requests.lines.withLock { $0.append("\(head.method) \(head.uri) \(head.headers.first(name: "host") ?? "")") }
            var (status, headers, length) = answer(head)
            headers.add(name: "content-length", value: String(length))
            context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(repeating: UInt8(ascii: "x"), count: length)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}

@Suite struct GuardedFetcherTests {
    private func fetcher(_ names: [String: NetworkAddress] = [:], loopback: Bool = true) -> GuardedFetcher {
        var fetcher = GuardedFetcher(policy: AddressPolicy(allowsLoopback: loopback))
        fetcher.resolver = HostResolver { names[$0].map { [$0] } ?? [NetworkAddress([127, 0, 0, 1])] }
        return fetcher
    }

    @Test func connectsToTheAddressThatWasChecked() async throws {
        let server = try await LoopbackServer { _ in (.ok, [:], 3) }
        // The name is known to this resolver only: were it looked up again, there would be no answer.
        let url = try EndpointURL("http://Test.LocalHost:\(server.port)/a?b=c")
        let reply = try await fetcher().fetch(FetchRequest(url: url))
        #expect(reply.status == 200 && reply.body == Array("xxx".utf8))
        #expect(server.requests.lines.withLock { $0 } == ["GET /a?b=c test.localhost:\(server.port)"])
        try await server.channel.close()
    }

    @Test func isNotLedInside() async throws {
        let server = try await LoopbackServer { _ in (.ok, [:], 0) }
        for url in ["http://localhost:\(server.port)/", "https://rebound.example:\(server.port)/"] {
            await #expect(throws: AuthorizationError.self) { try await fetcher(loopback: false).fetch(FetchRequest(url: EndpointURL(url))) }
        }
        #expect(server.requests.lines.withLock { $0 }.isEmpty)
        try await server.channel.close()
    }

    @Test(arguments: ["http://evil.example/", "https://metadata.localhost/", "https://inside.example/"])
    func redirectsAreCheckedAnew(target: String) async throws {
        let server = try await LoopbackServer { _ in (.found, ["location": target], 0) }
        let fetcher = fetcher(["metadata.localhost": NetworkAddress([169, 254, 169, 254]), "inside.example": NetworkAddress([10, 0, 0, 1])])
        await #expect(throws: AuthorizationError.self) { try await fetcher.fetch(FetchRequest(url: EndpointURL("http://localhost:\(server.port)/"))) }
        #expect(server.requests.lines.withLock { $0 }.count == 1)
        try await server.channel.close()
    }

    @Test func redirectsEnd() async throws {
        let server = try await LoopbackServer { head in (.found, ["location": head.uri + "x"], 0) }
        let url = try EndpointURL("http://localhost:\(server.port)/")
        await #expect(throws: AuthorizationError.self) { try await fetcher().fetch(FetchRequest(url: url)) }
        #expect(server.requests.lines.withLock { $0 }.count == 4)
        // What carries a secret is not sent on.
        let reply = try await fetcher().fetch(FetchRequest(url: url, body: .form(FormBody([("secret", "s")]))))
        #expect(reply.status == 302 && server.requests.lines.withLock { $0 }.count == 5)
        try await server.channel.close()
    }

    @Test func longAnswersAreCut() async throws {
        let server = try await LoopbackServer { _ in (.ok, [:], 2000) }
        var fetcher = fetcher()
        fetcher.maximumBytes = 1999
        let url = try EndpointURL("http://localhost:\(server.port)/")
        await #expect(throws: AuthorizationError.unusableAnswer(url: url.text, reason: "the answer is longer than 1999 bytes")) {
            try await fetcher.fetch(FetchRequest(url: url))
        }
        try await server.channel.close()
    }
}

@Suite struct LoopbackUserAgentTests {
    private func get(_ url: String) async throws -> Int {
        try await GuardedFetcher(policy: AddressPolicy(allowsLoopback: true)).fetch(FetchRequest(url: EndpointURL(url))).status
    }

    @Test func takesTheRedirectThatBelongsToIt() async throws {
        let opened = AsyncStream<String>.makeStream()
        let agent = LoopbackUserAgent { opened.continuation.yield($0) }
        let redirect = try await agent.prepare(registered: nil)
        let uri = redirect.redirectURI
        #expect(uri.hasPrefix("http://127.0.0.1:") && uri.hasSuffix("/callback"))
        async let callback = redirect.visit("https://as.example/authorize", state: "mine")
        for await url in opened.stream {
            #expect(url == "https://as.example/authorize")
            break
        }
        #expect(try await get(uri.replacing("/callback", with: "/other?state=mine&code=x")) == 404)
        #expect(try await get(uri + "?state=other&code=x") == 200)
        #expect(try await get(uri + "?state=mine&code=y") == 200)
        #expect(try await callback == "/callback?state=mine&code=y")
        await redirect.close()
        await #expect(throws: AuthorizationError.self) { try await get(uri) }
    }

    @Test func usesTheRegisteredPortAgain() async throws {
        let agent = LoopbackUserAgent { _ in }
        // Whoever wants a port may get that which was freed: then with another one.
        for attempt in 1...20 {
            let first = try await agent.prepare(registered: nil)
            // Taken: another one.
            let second = try await agent.prepare(registered: first.redirectURI)
            #expect(second.redirectURI != first.redirectURI)
            await first.close()
            let third = try await agent.prepare(registered: first.redirectURI)
            let isSame = third.redirectURI == first.redirectURI
            await second.close()
            await third.close()
            if isSame { return }
            #expect(attempt < 20)
        }
    }

    @Test func endsWithItsTask() async throws {
        let redirect = try await LoopbackUserAgent { _ in }.prepare(registered: nil)
        let visit = Task { try await redirect.visit("https://as.example/authorize", state: "s") }
        visit.cancel()
        await #expect(throws: CancellationError.self) { try await visit.value }
        await redirect.close()
    }
}
