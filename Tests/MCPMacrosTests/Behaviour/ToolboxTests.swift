import MCPMacros
import Testing

/// Calls a tool as a client does; the result of `tools/call`.
func call(_ server: Server, _ name: String, _ arguments: JSONObject = [:]) async throws -> CallToolResult {
    let request = JSONRPCRequest(id: 1, method: "tools/call", params: ["name": .string(name), "arguments": .object(arguments)])
    let response = await server.kernel.respond(to: request, peer: Peer(revision: .latest)) { _ in }
    var result = try CallToolResult(json: .object(try response.result.get()))
    // It says which server answered.
    result.meta = nil
    return result
}

@Suite struct ToolsOfAToolbox {
    let weather = Weather(temperature: 20)
    var server: Server { Server("test", version: "1") { weather } }

    private func definition(_ name: String) throws -> Tool { try #require(weather.tools.map(\.definition).first { $0.name == name }) }

    @Test func namesInOrder() throws {
        #expect(
            weather.tools.map(\.definition.name) == [
                "forecast", "search_places", "reset", "ping", "count", "maybe", "blocks", "block", "raw", "fails", "twice", "hidden",
                "repeat", "outcome",
            ])
        try server.validate()
    }

    @Test func theDefinitionComesFromFunctionAndComment() throws {
        let forecast = try definition("forecast")
        #expect(forecast.description == "The forecast for a city, day by day.\n\nAsk once a day.\n\nReturns: One forecast.")
        #expect(forecast.annotations == ToolAnnotations(readOnlyHint: true))
        #expect(
            JSONValue.object(forecast.inputSchema).serializedString
                == #"{"type":"object","properties":{"city":{"type":"string","description":"City name, in any language."},"days":{"type":"integer","description":"How many days.","default":3}},"required":["city"],"additionalProperties":false}"#
        )
        #expect(forecast.outputSchema == JSONSchemaBuilder.schema(of: Forecast.self))
        #expect(forecast.title == nil)
    }

    @Test func nameTitleAndHintsOfTheAttribute() throws {
        let search = try definition("search_places")
        #expect(search.title == "Search places")
        #expect(search.annotations == ToolAnnotations(readOnlyHint: true, idempotentHint: true, openWorldHint: false))
        #expect(search.description == nil)
        #expect(search.inputSchema["properties"]?.object?.keys == ["query", "order", "country", "limit"])
        #expect(search.inputSchema["properties"]?["order"]?["default"] == "asc")
        #expect(search.inputSchema["properties"]?["country"] == ["type": "string"])
        #expect(search.inputSchema["properties"]?["limit"] == ["type": "integer"])
        #expect(search.inputSchema["required"] == ["query"])
        #expect(search.outputSchema == ["type": "array", "items": ["type": "string"]])
        #expect(try definition("reset").annotations == ToolAnnotations(destructiveHint: true))
        #expect(try definition("ping").annotations == nil)
        #expect(try definition("reset").inputSchema == ["type": "object", "properties": [:], "additionalProperties": false])
        #expect(try definition("reset").outputSchema == nil)
        #expect(try definition("maybe").outputSchema?["type"] == ["object", "null"])
        #expect(try definition("blocks").outputSchema == nil)
    }

    @Test func argumentsAndTheirDefaults() async throws {
        #expect(try await call(server, "forecast", ["city": "Rome"]).structuredContent == ["temperature": 27.0])
        #expect(try await call(server, "forecast", ["city": "Rome", "days": 0]).structuredContent == ["temperature": 24.0])
        #expect(try await call(server, "search_places", ["query": "q"]).structuredContent == ["q", "asc", "everywhere", "2"])
        #expect(
            try await call(server, "search_places", ["query": "q", "order": "desc", "country": "pt", "limit": 5]).structuredContent
                == ["q", "desc", "pt", "5"])
        #expect(try await call(server, "hidden").text == "x")
        #expect(try await call(server, "hidden", ["text": nil]).content.isEmpty)
        #expect(try await call(server, "twice", ["n": 4]).structuredContent == 8)
        #expect(try await call(server, "repeat", ["in": [["temperature": 1]]]).structuredContent == [["temperature": 1.0]])
    }

    @Test func argumentsThatDoNotFitAreToldByName() async throws {
        let result = try await call(server, "forecast", ["ctiy": "Rome", "days": "x"])
        #expect(result.isError)
        for name in ["city", "ctiy", "days"] { #expect(result.text.contains(name)) }
    }

    @Test func everyKindOfResult() async throws {
        #expect(try await call(server, "reset") == CallToolResult(text: "Done."))
        #expect(try await call(server, "ping") == CallToolResult(text: "pong"))
        #expect(try await call(server, "count") == CallToolResult(structured: 3))
        #expect(try await call(server, "maybe", ["present": true]).structuredContent == ["temperature": 1.0])
        #expect(try await call(server, "maybe", ["present": false]).structuredContent == .null)
        #expect(try await call(server, "blocks").content == [.text("a"), .text("b")])
        #expect(try await call(server, "block").content == [.text("a")])
        #expect(try await call(server, "outcome", ["n": 2]).structuredContent == ["temperature": 2.0])
        #expect(try definition("outcome").outputSchema == JSONSchemaBuilder.schema(of: Forecast.self))
        #expect(try await call(server, "raw") == CallToolResult(text: "bad", isError: true))
        #expect(try await call(server, "fails") == CallToolResult(text: "Say a city.", isError: true))
    }

    @MainActor @Test func actorsClassesAndGlobalActors() async throws {
        let server = Server("test", version: "1") {
            Counter()
            Notebook()
            Screen()
        }
        #expect(try await call(server, "add").structuredContent == 1)
        #expect(try await call(server, "add", ["amount": 4]).structuredContent == 5)
        #expect(try await call(server, "name").text == "counter")
        #expect(try await call(server, "kind").text == "actor")
        #expect(try await call(server, "note", ["text": "milk"]).text == "Done.")
        #expect(try await call(server, "list").structuredContent == ["milk"])
        #expect(try await call(server, "columns").structuredContent == 80)
        #expect(Counter().tools.first?.definition.annotations == ToolAnnotations(destructiveHint: false))
    }

    @Test func theSameWithoutMacros() async throws {
        var builder = JSONSchemaBuilder()
        var input = ObjectSchema()
        input.property("city", String.self, description: "City name, in any language.", in: &builder)
        input.property("days", Int.self, default: 3, description: "How many days.", in: &builder)
        let tool = ServerTool(
            "forecast", description: "The forecast for a city, day by day.\n\nAsk once a day.\n\nReturns: One forecast.",
            hints: .readOnly, inputSchema: builder.finish(input.json), output: Forecast.self
        ) { arguments, context in
            try await Weather(temperature: 20).forecast(
                city: arguments.decode("city"), days: arguments.decode("days", default: 3), context: context)
        }
        #expect(tool.definition == (try definition("forecast")))
        #expect(
            try await call(Server("test", version: "1") { tool }, "forecast", ["city": "Rome"]).structuredContent == ["temperature": 27.0])
    }
}
