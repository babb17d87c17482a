import Synchronization
import Tracing

/// A tracer that keeps its spans in memory, and speaks W3C Trace Context between processes.
struct W3CTracer: Tracer {
    /// Of a span, and what another process needs to know of it.
    struct SpanID: Sendable, Hashable {
        var trace: String
        var span: String
        var parent: String?
    }

    private final class Spans: Sendable {
        let started = Mutex<[RecordedSpan]>([])
    }

    private let spans = Spans()

    /// In the order in which they were started.
    var recorded: [RecordedSpan] { spans.started.withLock(\.self) }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind, at instant: @autoclosure () -> Instant,
        function: String, file fileID: String, line: UInt
    ) -> RecordedSpan {
        var context = context()
        return spans.started.withLock { started in
            let number = started.count + 1
            let parent = context[SpanIDKey.self]
            let id = SpanID(trace: parent?.trace ?? Self.padded(number, to: 32), span: Self.padded(number, to: 16), parent: parent?.span)
            context[SpanIDKey.self] = id
            let span = RecordedSpan(operationName, kind: kind, id: id, context: context)
            started.append(span)
            return span
        }
    }

    func forceFlush() {}

    func inject<Carrier, Inject: Injector>(_ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject)
    where Carrier == Inject.Carrier {
        guard let id = context[SpanIDKey.self] else { return }
        injector.inject("00-\(id.trace)-\(id.span)-01", forKey: "traceparent", into: &carrier)
        injector.inject("example=1", forKey: "tracestate", into: &carrier)
        injector.inject("proprietary", forKey: "x-proprietary", into: &carrier)
    }

    func extract<Carrier, Extract: Extractor>(_ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract)
    where Carrier == Extract.Carrier {
        let parts = extractor.extract(key: "traceparent", from: carrier)?.split(separator: "-").map(String.init) ?? []
        if parts.count == 4 { context[SpanIDKey.self] = SpanID(trace: parts[1], span: parts[2]) }
    }

    private static func padded(_ number: Int, to count: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: count - digits.count) + digits
    }
}

/// A tracer that writes what it was told to.
struct FixedTracer: Tracer {
    let base: W3CTracer
    let key: String
    let value: String

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind, at instant: @autoclosure () -> Instant,
        function: String, file fileID: String, line: UInt
    ) -> RecordedSpan {
        base.startSpan(operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID, line: line)
    }

    func forceFlush() {}

    func inject<Carrier, Inject: Injector>(_ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject)
    where Carrier == Inject.Carrier {
        injector.inject(value, forKey: key, into: &carrier)
    }

    func extract<Carrier, Extract: Extractor>(_ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract)
    where Carrier == Extract.Carrier {}
}

private enum SpanIDKey: InstrumentationContextKey {
    typealias Value = W3CTracer.SpanID
}

/// A span as a test looks at it.
final class RecordedSpan: Span {
    private struct State {
        var name: String
        var attributes = SpanAttributes()
        var status: SpanStatus?
        var isEnded = false
    }

    let kind: SpanKind
    let id: W3CTracer.SpanID
    let context: InstrumentationContext
    private let state: Mutex<State>

    init(_ name: String, kind: SpanKind, id: W3CTracer.SpanID, context: InstrumentationContext) {
        self.kind = kind
        self.id = id
        self.context = context
        state = Mutex(State(name: name))
    }

    var status: SpanStatus? { state.withLock { $0.status } }
    var isRecording: Bool { state.withLock { !$0.isEnded } }
    var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }
    var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { state.withLock { $0.attributes = newValue } }
    }

    func setStatus(_ status: SpanStatus) { state.withLock { $0.status = status } }
    func addEvent(_ event: SpanEvent) {}
    func recordError<Instant: TracerInstant>(_ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant) {}
    func addLink(_ link: SpanLink) {}
    func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) { state.withLock { $0.isEnded = true } }
}
