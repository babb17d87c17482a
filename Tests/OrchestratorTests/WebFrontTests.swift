import Foundation
import HTTPTypes
import Logging
import MCPCore
import TestSupport
import Testing

@testable import Orchestrator

/// The web front over real sockets, with a scripted chat behind it.
@Suite(.serialized) struct WebFrontTests {
    /// Runs `body` against a front on a free port, and stops it.
    private func withFront(
        _ change: (inout WebConfiguration) -> Void = { _ in }, script: WebScript = WebScript(), clock: StandingClock = StandingClock(),
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        var configuration = WebConfiguration()
        configuration.port = 0
        change(&configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let front = try WebFront(chat: script, configuration: configuration, logger: logger, sleep: { try await clock.sleep(for: $0) })
        let (ports, source) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await front.run { address in source.yield(Int(address.split(separator: ":").last ?? "") ?? 0) } }
            group.addTask {
                for await port in ports {
                    try await body(port)
                    return
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private static let cookie = "chat_browser=0123456789abcdef0123456789abcdef"

    private static func handshake(_ port: Int, origin: String? = nil, cookie: String? = cookie, host: String? = nil) -> String {
        let host = host ?? "127.0.0.1:\(port)"
        let origin = origin ?? "http://\(host)"
        return "GET /ws HTTP/1.1\r\nHost: \(host)\r\nOrigin: \(origin)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + (cookie.map { "Cookie: \($0)\r\n" } ?? "")
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    }

    @Test func pageHasCookieHeadersAndFiles() async throws {
        try await withFront { port in
            let page = try await RawHTTP.get("/", port: port)
            #expect(page.status == 200)
            #expect(page.headers["content-security-policy"]?.contains("script-src 'self'") == true)
            #expect(page.headers["content-security-policy"]?.contains("unsafe") == false)
            #expect(page.headers["x-content-type-options"] == "nosniff")
            let cookie = try #require(page.headers["set-cookie"])
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
            #expect(!page.body.contains("<style") && !page.body.contains(" style="))
            // Every address that the page names is served, to be kept for ever.
            let addresses = page.body.matches(of: /(?:href|src)="(\/assets\/[^"]+)"/).map { String($0.1) }
            #expect(addresses.count == 3)
            for address in addresses {
                let file = try await RawHTTP.get(address, port: port)
                #expect(file.status == 200)
                #expect(file.headers["cache-control"] == "public, max-age=31536000, immutable")
                let tag = try #require(file.headers["etag"])
                #expect(try await RawHTTP.get(address, port: port, headers: ["If-None-Match": tag]).status == 304)
            }
            #expect(try await RawHTTP.get("/assets/old/app.js", port: port).headers["cache-control"] == "no-cache")
            #expect(try await RawHTTP.get("/assets/old/..%2F..%2FPackage.swift", port: port).status == 404)
            // A browser that is known keeps its identity.
            #expect(try await RawHTTP.get("/", port: port, headers: ["Cookie": Self.cookie]).headers["set-cookie"] == nil)
        }
    }

    @Test func foreignHostsAreRefusedUnlessNamed() async throws {
        try await withFront({ $0.allowedHosts = ["Chat.Example"] }) { port in
            let expected = [("evil.example", 421), ("chat.example:8443", 200), ("[::1]:\(port)", 200), ("localhost", 200)]
            for (host, status) in expected {
                for path in ["/", "/healthz"] {
                    let answer = try await RawHTTP.get(path, port: port, headers: ["Host": host])
                    #expect(answer.status == status, "\(path) under \(host)")
                }
            }
        }
    }

    @Test func healthRoutes() async throws {
        try await withFront { port in
            #expect(try await RawHTTP.get("/healthz", port: port).body == "ok\n")
            let ready = try await RawHTTP.get("/readyz", port: port)
            #expect(ready.status == 200)
            #expect(try JSONValue(parsing: ready.body)["ready"] == true)
            #expect(try await RawHTTP.get("/nowhere", port: port).status == 404)
        }
    }

    @Test func webSocketIsRefusedToOthersWithTheReason() async throws {
        try await withFront { port in
            let foreign = try await RawHTTP.exchange(Self.handshake(port, origin: "http://evil.example"), port: port)
            #expect(foreign.status == 403)
            #expect(foreign.body.contains("evil.example"))
            let otherPort = try await RawHTTP.exchange(Self.handshake(port, origin: "http://127.0.0.1:1"), port: port)
            #expect(otherPort.status == 403)
            #expect(try await RawHTTP.exchange(Self.handshake(port, cookie: nil), port: port).status == 401)
            #expect(try await RawHTTP.exchange(Self.handshake(port, host: "evil.example"), port: port).status == 421)
            #expect(try await RawHTTP.get("/ws", port: port, headers: ["Cookie": Self.cookie]).status == 426)
        }
    }

    @Test func redirectsOfSignInsAreTakenAndLedOn() async throws {
        try await withFront { port in
            let taken = try await RawHTTP.get("/sign-in/abc?code=s3cret&state=good", port: port, headers: ["Cookie": Self.cookie])
            #expect(taken.status == 303)
            #expect(taken.headers["location"] == "/c/0123456789abcdef0123456789abcdef?22")
            #expect(taken.headers["cache-control"] == "no-store" && taken.headers["referrer-policy"] == "no-referrer")
            for (query, status) in [
                ("?code=s3cret&state=elsewhere", 403), ("?code=s3cret&state=mixed", 400), ("?code=s3cret&state=x", 400), ("?code=s3cret", 400), ("", 400),
                ("?state=good&code=" + String(repeating: "x", count: 9000), 400),
            ] {
                let answer = try await RawHTTP.get("/sign-in/abc\(query)", port: port, headers: ["Cookie": Self.cookie])
                #expect(answer.status == status, "\(query.prefix(40))")
                #expect(!answer.body.contains("s3cret") && answer.headers["location"] == nil)
            }
            #expect(try await RawHTTP.get("/sign-in/abc?state=good", port: port, headers: ["Host": "evil.example"]).status == 421)
        }
    }

    @Test func aSignInIsBegunForThePageThatAsksAndItsAddress() async throws {
        try await withFront { port in
            let line = try await RawWebSocket.open(Self.handshake(port), port: port)
            try await line.send(#"{"type":"signIn","server":"mail"}"#)
            let page = try await line.nextEvent("signInPage")
            #expect(page["server"] == "mail" && page["url"]?.string == "http://127.0.0.1:\(port)/healthz?mail")
            try await line.send(#"{"type":"signOut","server":"mail"}"#)
            let servers = try await line.nextEvent("servers")["servers"]?.array
            #expect(servers?.last?["state"] == "needsSignIn" && servers?.last?["signInHost"] == "login.example")
        }
    }

    /// NIO's decoder stops after a request with an Upgrade header: an offer of h2c must be answered and must not hang the next.
    @Test func otherUpgradesAreAnsweredAsPlainRequests() async throws {
        try await withFront { port in
            let offer =
                "GET /healthz HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"
                + "Connection: Upgrade, HTTP2-Settings\r\n\r\n"
            let answer = try await RawHTTP.exchange(offer, port: port)
            #expect(answer.status == 200)
            #expect(answer.body == "ok\n")
        }
    }

    @Test func commandsGoInAndEventsComeOut() async throws {
        try await withFront { port in
            let line = try await RawWebSocket.open(Self.handshake(port), port: port)
            try await line.send(#"{"type":"hello"}"#)
            let welcome = try await line.nextEvent("welcome")
            #expect(welcome["model"]?["demonstration"] == true)
            #expect(welcome["user"]?["id"] == "0123456789abcdef0123456789abcdef")
            try await line.send(#"{"type":"send","text":"hello","clientMessageID":"m1"}"#)
            let snapshot = try await line.nextEvent("snapshot")
            let conversation = try #require(snapshot["conversation"]?.string)
            let message = try await line.nextEvent("entry")
            #expect(message["entry"]?["clientMessageID"] == "m1")
            let finished = try await line.nextEvent("turnFinished")
            let last = try #require(finished["sequence"]?.integer)

            // Another line that saw only the first event gets all that it missed, and nothing twice.
            let other = try await RawWebSocket.open(Self.handshake(port), port: port)
            try await other.send(#"{"type":"hello","conversation":"\#(conversation)","lastSequence":1}"#)
            _ = try await other.nextEvent("conversations")
            var sequences: [Int64] = []
            while sequences.last != last {
                let event = try await other.next()
                if let sequence = event["sequence"]?.integer { sequences.append(sequence) }
            }
            #expect(sequences == Array(2...last))

            // A browser with another cookie sees none of it.
            let stranger = try await RawWebSocket.open(
                Self.handshake(port, cookie: "chat_browser=ffffffffffffffffffffffffffffffff"), port: port)
            try await stranger.send(#"{"type":"hello","conversation":"\#(conversation)"}"#)
            #expect(try await stranger.nextEvent("conversations")["conversations"] == [])
            #expect(try await stranger.next()["type"] == "conversationDeleted")
        }
    }

    @Test(arguments: [
        (#"{"type":"fly"}"#, 1007), ("no json", 1007), (#"{"type":"approve","conversation":"c","call":"x","decision":"always"}"#, 1007),
    ])
    func whatIsNoCommandClosesTheLine(text: String, code: Int) async throws {
        try await withFront { port in
            let line = try await RawWebSocket.open(Self.handshake(port), port: port)
            try await line.send(text)
            #expect(try await line.closeCode() == code)
            #expect(try await RawHTTP.get("/healthz", port: port).status == 200)
        }
    }

    @Test func frameOverTheLimitClosesTheLine() async throws {
        try await withFront({ $0.maximumFrameBytes = 1000 }) { port in
            let line = try await RawWebSocket.open(Self.handshake(port), port: port)
            try await line.send(String(repeating: "x", count: 2000))
            #expect(try await line.closeCode() == 1009)
            #expect(try await RawHTTP.get("/healthz", port: port).status == 200)
        }
    }

    @Test func pingIsAnsweredAndHeartbeatsCome() async throws {
        let clock = StandingClock()
        try await withFront(clock: clock) { port in
            let line = try await RawWebSocket.open(Self.handshake(port), port: port)
            try await line.send("are you there", opcode: 0x9)
            #expect(try await line.nextFrame(opcode: 0xA) == "are you there")
            try await Self.beat(clock, 1, line)
        }
    }

    @Test(.timeLimit(.minutes(2))) func aPageThatAnswersNoHeartbeatIsGone() async throws {
        let clock = StandingClock()
        try await withFront(clock: clock) { port in
            let line = try await RawWebSocket.open(Self.handshake(port), port: port)
            for number in 1...3 { try await Self.beat(clock, number, line) }
            // Whatever the page sends is a sign of life: as many go unanswered again.
            try await line.send("here", opcode: 0x9)
            #expect(try await line.nextFrame(opcode: 0xA) == "here")
            for number in 4...6 { try await Self.beat(clock, number, line) }
            await clock.waitForSleeper(until: .seconds(15 * 7))
            clock.advance(by: .seconds(15))
            await #expect(throws: RawSocketError.self) { try await line.nextFrame(opcode: 0x9) }
        }
    }

    /// Lets a heartbeat pass; it is a ping, and a message for the page's script.
    private static func beat(_ clock: StandingClock, _ number: Int, _ line: RawWebSocket) async throws {
        await clock.waitForSleeper(until: .seconds(15 * number))
        clock.advance(by: .seconds(15))
        #expect(try await line.nextFrame(opcode: 0x9) == "")
        #expect(try await line.nextEvent("heartbeat")["type"] == "heartbeat")
    }

    @Test func busyPortIsNamed() async throws {
        try await withFront { port in
            var configuration = WebConfiguration()
            configuration.port = port
            let second = try WebFront(chat: WebScript(), configuration: configuration, logger: Logger(label: "test"))
            await #expect(throws: WebFrontError.portInUse(host: "127.0.0.1", port: port)) { try await second.run { _ in } }
        }
    }
}

@Suite struct AccessPolicyTests {
    let policy = AccessPolicy(allowedHosts: ["chat.example.org"])

    @Test(arguments: [
        ("127.0.0.1:8080", true), ("localhost", true), ("LOCALHOST:1", true), ("[::1]:8080", true), ("chat.example.org", true),
        ("evil.example", false), ("127.0.0.1.evil.example", false), ("localhost:x", false), ("[::1", false), ("", false), (":80", false),
    ])
    func hosts(host: String, allowed: Bool) { #expect(policy.allows(host: host) == allowed) }

    @Test(arguments: [
        ("http://localhost:8080", "localhost:8080", true), ("https://chat.example.org", "chat.example.org", true),
        ("https://chat.example.org", "chat.example.org:443", true), ("http://chat.example.org", "chat.example.org:443", false),
        ("http://localhost:8081", "localhost:8080", false), ("http://evil.example", "localhost:8080", false), ("null", "localhost", false),
        ("http://localhost:8080/", "localhost:8080", false), ("ftp://localhost", "localhost", false),
        ("http://evil.example", "evil.example", false),
    ])
    func origins(origin: String, host: String, allowed: Bool) { #expect(policy.allows(origin: origin, host: host) == allowed) }

    @Test func withoutOrigin() { #expect(!policy.allows(origin: nil, host: "localhost")) }
}
