import MCPMacros
import Testing

// snippet: begin
@Schema enum Seat: String, Sendable {
    @Property(title: "At the window") case window
    @Property(title: "In the aisle") case aisle
}

/// A form: flat, of strings, numbers, booleans and choices.
@Schema struct Booking: Sendable {
    var seat: Seat = .window
    @Property(title: "Passengers", minimum: 1, maximum: 9) var passengers: Int = 1
    @Property(format: "email") var receipt: String?
}

@Toolbox struct Flights {
    /// Books a flight.
    @Tool(.additive) func book(flight: String, context: RequestContext) async throws -> String {
        switch try await context.elicit("seat", Booking.self, "Which seats for \(flight)?") {
        case .accept(let booking): "Booked \(booking.passengers) × \(booking.seat.rawValue)."
        case .decline: "Not booked: you declined."
        case .cancel: "Not booked."
        }
    }

    /// Pays on a page, so that no model and no client sees the card.
    @Tool(.additive) func pay(context: RequestContext) async throws -> String {
        let page = try await context.elicit("card", url: "https://pay.example.com/42", "Pay on this page.")
        return if case .accept = page { "Paid, or on the way to." } else { "Not paid." }
    }
}

/// What a host answers with: it shows the message, the form or the address, and who asks.
let travelHost = ClientInputHandlers(
    elicit: { request in
        switch request.mode {
        case .form(let schema): schema["properties"]?["seat"] == nil ? .decline : .accept(["seat": "aisle", "passengers": 2])
        // Opened only where the user has seen the whole address and agreed.
        case .url(let address): address.hasPrefix("https://pay.example.com/") ? .accept() : .decline
        }
    }, elicitsURLs: true)
// snippet: end

@Suite struct ElicitationExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        let server = Server("flights", version: "1.0.0") { Flights() }
        try await withClient(.inProcess(server), configuration: ClientConfiguration(era: era, input: travelHost)) { (client: Client) async throws -> Void in
            #expect(try await client.callTool("book", ["flight": "TP 531"]).text == "Booked 2 × aisle.")
            #expect(try await client.callTool("pay").text == "Paid, or on the way to.")
        }
    }
}
