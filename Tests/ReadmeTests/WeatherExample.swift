import MCPMacros
import MCPTransport

// The example of the README; `ReadmeTests` holds the two against each other.

/// A source of temperatures for the example.
struct WeatherAPI: Sendable {
    static let live = WeatherAPI()
    func temperature(in city: String, days: Int) async throws -> Double { Double(city.count + days) }
}

@Schema struct Forecast: Sendable {
    /// Temperature in °C.
    var temperature: Double
}

@Toolbox struct Weather {
    let api: WeatherAPI
    /// The forecast for a city.
    /// - Parameter city: City name, in any language.
    @Tool(.readOnly) func forecast(city: String, days: Int = 3, context: RequestContext) async throws -> Forecast {
        try await context.progress(0, total: Double(days), message: "Asking the stations")
        return Forecast(temperature: try await api.temperature(in: city, days: days))
    }
}

func serveWeather() async throws {
    let server = Server("weather", version: "1.0.0") { Weather(api: .live) }
    try await server.serve(.stdio)  // or .http(port: 8080)
}

func askForWeather() async throws {
    try await withClient(.http("https://example.com/mcp")) { client in
        let forecast: Forecast = try await client.call("forecast", ["city": "Lisbon"])
        print(forecast.temperature)
    }
}
