import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// The web front: the page, its files, the WebSocket and the health routes, all on one port.
///
///     let front = try WebFront(chat: service, configuration: configuration, logger: logger)
///     try await front.run { address in print("The chat is at \(address)") }
struct WebFront: Sendable {
    private let chat: any ChatService
    private let configuration: WebConfiguration
    private let logger: Logger
    private let policy: AccessPolicy
    private let files: StaticFiles
    private let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameter sleep: Lets time pass between the signs of life that a page gets.
    /// - Throws: `WebFrontError.filesMissing` when the page's files are not where they should be.
    init(
        chat: any ChatService, configuration: WebConfiguration, logger: Logger,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) throws {
        self.chat = chat
        self.configuration = configuration
        self.logger = logger
        self.sleep = sleep
        policy = AccessPolicy(allowedHosts: configuration.allowedHosts)
        files = try configuration.publicDirectory.map { try StaticFiles(directory: $0) } ?? .bundled()
    }

    /// Listens and serves until the task is cancelled or the process is asked to end (SIGTERM, SIGINT); pages that are open
    /// are told so.
    ///
    /// - Parameter onListening: called once with the address to open in a browser.
    /// - Throws: `WebFrontError` when the port cannot be had.
    func run(onListening: @escaping @Sendable (String) async -> Void) async throws {
        let configuration = configuration
        let application = Application(
            router: router,
            server: webSocketServer,
            configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? configuration.port
                await onListening("http://\(Self.addressable(configuration.host)):\(port)")
            },
            logger: logger)
        do {
            try await application.runService()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw WebFrontError.portInUse(host: configuration.host, port: configuration.port)
        } catch let error as IOError {
            throw WebFrontError.cannotListen(host: configuration.host, port: configuration.port, reason: "\(error)")
        }
    }

    /// A name that a browser on this machine can open.
    private static func addressable(_ host: String) -> String {
        switch host {
        case "0.0.0.0", "::": "127.0.0.1"
        case _ where host.contains(":"): "[\(host)]"
        default: host
        }
    }

    // MARK: Routes

    private var router: Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: WebGuard(policy: policy))
        router.get("/") { request, _ in page(request) }
        router.get("/c/:conversation") { request, _ in page(request) }
        router.get("/assets/:digest/:name") { request, context in
            files.response(
                name: try context.parameters.require("name"), digest: try context.parameters.require("digest"),
                ifNoneMatch: request.headers[.ifNoneMatch])
        }
        router.get("/favicon.ico") { request, _ in
            files.response(name: "icon.svg", digest: "", ifNoneMatch: request.headers[.ifNoneMatch])
        }
        router.get("\(SignInRoute.prefix)/:issuer") { request, _ in await finishSignIn(request) }
        router.get("/ws") { request, _ in refusedWebSocket(request) }
        router.get("/healthz") { _, _ in Response.text(.ok, "ok") }
        router.get("/readyz") { _, _ in
            let readiness = await chat.readiness()
            return Response(
                status: readiness.isReady ? .ok : .serviceUnavailable,
                headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: ChatWire.text(of: readiness))))
        }
        return router
    }

    private func page(_ request: Request) -> Response {
        let cookies = request.headers[.cookie]
        let page = ChatPageMarkup(files: files, theme: ChatPageMarkup.Theme(inCookies: cookies))
        var response = Response(
            status: .ok,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "private, no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: page.html)))
        if BrowserIdentity.id(inCookies: cookies) == nil {
            var generator = SystemRandomNumberGenerator()
            let isSecure = request.headers[values: .forwardedProtocol].contains("https")
            response.setCookie(BrowserIdentity.cookie(id: BrowserIdentity.make(using: &generator), isSecure: isSecure))
        }
        return response
    }

    // MARK: Sign-in

    /// Where authorization servers send browsers back to. The answer leads on, so that the code stays in no history.
    private func finishSignIn(_ request: Request) async -> Response {
        let query = request.uri.query ?? ""
        guard query.utf8.count <= SignInRoute.maximumQueryBytes, let state = request.uri.queryParameters["state"] else {
            return .text(.badRequest, "This is no answer to a sign-in. Go to / for the chat.")
        }
        let redirect = SignInRedirect(
            browser: BrowserIdentity.id(inCookies: request.headers[.cookie]), path: request.uri.path, query: query, state: String(state))
        switch await chat.finishSignIn(redirect) {
        case .taken(let path): return Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
        case .unknown:
            return .text(.badRequest, "No sign-in waits for this answer: it has ended, or was begun again. Go to / for the chat and sign in from there.")
        case .otherBrowser:
            return .text(.forbidden, "This sign-in was begun in another browser, and is not finished in this one. Go to / for the chat.")
        case .otherIssuer:
            return .text(.badRequest, "This answer comes from another place than the one where the sign-in was begun. It was not used. Go to / for the chat.")
        }
    }

    // MARK: WebSocket

    private var webSocketServer: HTTPServerBuilder {
        HTTPServerBuilder { responder in
            WebSocketChannel(
                responder: responder,
                maximumFrameBytes: configuration.maximumFrameBytes,
                accepts: { head in
                    head.uri == "/ws"
                        && policy.allows(origin: head.headers.first(name: "Origin"), host: head.headers.first(name: "Host"))
                        && Self.browser(of: head) != nil
                },
                serve: { channel, head in
                    guard let id = Self.browser(of: head), let origin = head.headers.first(name: "Origin") else { return }
                    let line = WebSocketLine(
                        chat: chat, user: ChatUser(id: id, name: nil), origin: origin, configuration: configuration, logger: logger, sleep: sleep)
                    await line.run(channel)
                })
        }
    }

    private static func browser(of head: HTTPRequestHead) -> String? {
        BrowserIdentity.id(inCookies: head.headers["Cookie"].joined(separator: "; "))
    }

    /// Says why a request to `/ws` did not become a WebSocket. The page asks here too when its line does not come up.
    private func refusedWebSocket(_ request: Request) -> Response {
        let origin = request.headers[.origin]
        if let origin, !policy.allows(origin: origin, host: request.head.authority) {
            return .text(.forbidden, "Pages of \(origin) may not use this chat. Open the chat under its own address.")
        }
        if BrowserIdentity.id(inCookies: request.headers[.cookie]) == nil {
            return .text(.unauthorized, "This browser is not known here. Load the page / first; it sets a cookie.")
        }
        var response = Response.text(.upgradeRequired, "This address speaks WebSocket (RFC 6455). The chat's own page opens it.")
        response.headers[.upgrade] = "websocket"
        return response
    }
}

extension HTTPField.Name {
    /// What a proxy that ends TLS says about the browser's side.
    fileprivate static let forwardedProtocol = HTTPField.Name("X-Forwarded-Proto") ?? .via
}
