import InMemoryTracing
import Tracing

/// A tracer that keeps its spans in memory, and speaks W3C Trace Context between processes.
struct W3CTracer: Tracer {
    let memory: InMemoryTracer

    init() {
        let numbers = InMemoryTracer.IDGenerator.incrementing
        memory = InMemoryTracer(
            idGenerator: .init(
                nextTraceID: { Self.padded(numbers.nextTraceID(), to: 32) }, nextSpanID: { Self.padded(numbers.nextSpanID(), to: 16) }))
    }

    /// `span-7` as hexadecimal digits.
    private static func padded(_ text: String, to count: Int) -> String {
        let digits = text.filter(\.isNumber)
        return String(repeating: "0", count: count - digits.count) + digits
    }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind, at instant: @autoclosure () -> Instant,
        function: String, file fileID: String, line: UInt
    ) -> InMemorySpan {
        memory.startSpan(operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID, line: line)
    }

    func forceFlush() { memory.forceFlush() }

    func inject<Carrier, Inject: Injector>(_ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject)
    where Carrier == Inject.Carrier {
        guard let span = context.inMemorySpanContext else { return }
        injector.inject("00-\(span.traceID)-\(span.spanID)-01", forKey: "traceparent", into: &carrier)
        injector.inject("example=1", forKey: "tracestate", into: &carrier)
        injector.inject("proprietary", forKey: "x-proprietary", into: &carrier)
    }

    func extract<Carrier, Extract: Extractor>(_ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract)
    where Carrier == Extract.Carrier {
        let parts = extractor.extract(key: "traceparent", from: carrier)?.split(separator: "-").map(String.init) ?? []
        guard parts.count == 4 else { return }
        context.inMemorySpanContext = InMemorySpanContext(traceID: parts[1], spanID: parts[2], parentSpanID: nil)
    }
}
