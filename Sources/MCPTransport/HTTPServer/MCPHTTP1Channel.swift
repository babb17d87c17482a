import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import MCPHTTP
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// HTTP/1.1 connections that carry nothing but requests to an MCP endpoint.
///
/// Hummingbird listens, accepts and shuts down; a request goes from the event loop straight to the task of its handler, and the answer straight
/// back, where Hummingbird's own channel has a sequence of parts, a task of the connection and a writer between them.
struct MCPHTTP1Channel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let exchange: ConnectionExchange
    }

    let endpoint: HTTPEndpoint
    let connections: ConnectionCount
    let idleTimeout: Duration
    let writeTimeout: Duration

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let exchange = ConnectionExchange(endpoint: endpoint, channel: channel)
            guard connections.admit(channel) else {
                // A failure would end the listener.
                channel.close(promise: nil)
                return Value(channel: channel, exchange: exchange)
            }
            try channel.closeWhenStalled(for: TimeAmount(writeTimeout))
            let pipeline = channel.pipeline.syncOperations
            // swift-http-types validates what is written. Pipelining is the handler's.
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false)
            try pipeline.addHandlers([
                OldVersionHandler(), HTTP1ToHTTPServerCodec(secure: false), HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger),
                ExchangeHandler(exchange: exchange, maximumBodyBytes: endpoint.maximumBodyBytes, bodies: endpoint.bodies, bodyTimeout: TimeAmount(idleTimeout)),
            ])
            return Value(channel: channel, exchange: exchange)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            try? await value.channel.closeFuture.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
        await value.exchange.end()
    }
}

/// Answers requests.
struct HTTPEndpoint: Sendable {
    var maximumBodyBytes: Int
    /// Counts what connections hold of bodies.
    var bodies: BodyBudget
    /// How long a request may be served on the event loop of its connection; `nil` for one that may take long before it comes to its handler.
    var eventLoopTime: @Sendable (HTTPRequest, _ bodyBytes: Int) -> Duration? = { _, _ in nil }
    /// Takes head and body, which is `nil` where it is too long; where to run what may take long, if not here; and gives the answer once.
    var serve: @Sendable (HTTPRequest, [UInt8]?, _ elsewhere: (any TaskExecutor)?, @escaping @Sendable (HTTPAnswer) -> Void) async -> Void
}
