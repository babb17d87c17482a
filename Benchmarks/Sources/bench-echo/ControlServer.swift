#if HTTP
import Hummingbird
import Logging

/// What the web framework alone costs: the body is collected into one buffer and goes back with its length. No middleware, no router.
enum ControlServer {
    static func serve(port: Int) async throws {
        var logger = Logger(label: "control")
        logger.logLevel = .error
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                let body = try await request.body.collect(upTo: 4 << 20)
                return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
            },
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil), logger: logger)
        try await application.run()
    }
}
#endif
