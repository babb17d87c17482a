import MCPMacros
import Synchronization

@Toolbox struct Weather {
    static let shortest = 2
    let temperature: Double

    /// The forecast for a city,
    /// day by day.
    ///
    /// Ask once a day.
    /// - Parameters:
    ///   - city: City name,
    ///     in any language.
    ///   - days: How many days.
    /// - Returns: One forecast.
    /// - Throws: Nothing.
    @Tool(.readOnly) func forecast(city: String, days: Int = 3, context: RequestContext) async throws -> Forecast {
        try await context.progress(1)
        return Forecast(temperature: temperature + Double(days) + Double(city.count))
    }

    @Tool("search_places", .readOnly, .idempotent, .closedWorld, title: "Search places")
    func search(for query: String, _ order: Order = .ascending, in country: String? = nil, limit: Int = shortest) -> [String] {
        [query, order.rawValue, country ?? "everywhere", String(limit)]
    }

    @Tool(.destructive) func reset() {}
    @Tool func ping() async throws -> String { "pong" }
    @Tool func count() -> Int { 3 }
    @Tool func maybe(_ present: Bool) -> Forecast? { present ? Forecast(temperature: 1) : nil }
    @Tool func blocks() -> [ContentBlock] { [.text("a"), .text("b")] }
    @Tool func block() throws -> ContentBlock { .text("a") }
    @Tool func raw() -> CallToolResult { CallToolResult(text: "bad", isError: true) }
    @Tool func fails() throws { throw ToolError("Say a city.") }
    @Tool static func twice(n: Int) -> Int { n * 2 }
    @Tool private func hidden(text: String? = "x") -> String? { text }
    @Tool func `repeat`(`in`: [Forecast] = [], where names: [String: Int] = ["a": 1]) -> [Forecast] { `in` }

    @Tool func outcome(n: Int) -> HandlerOutcome<Forecast> { .complete(Forecast(temperature: Double(n))) }

    func notATool() {}
}

@Toolbox actor Counter {
    private var value = 0
    /// Adds.
    @Tool(.additive) func add(_ amount: Int = 1) -> Int {
        value += amount
        return value
    }
    @Tool nonisolated func name() -> String { "counter" }
    @Tool static func kind() -> String { "actor" }
}

@Toolbox public final class Notebook: Sendable {
    private let notes = Mutex<[String]>([])
    public init() {}
    @Tool public func note(text: String) { notes.withLock { $0.append(text) } }
    @Tool public func list() -> [String] { notes.withLock { $0 } }
}

@MainActor @Toolbox final class Screen {
    var width = 80
    @Tool func columns() -> Int { width }
}
