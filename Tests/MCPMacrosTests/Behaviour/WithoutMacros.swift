import MCPCore
import Testing

// What docs/macros.md shows, without macros.

struct Point: SchemaCodable {
    var latitude: Double

    init(json: JSONValue) throws { latitude = try JSONObject(json: json).decode("latitude") }
    var json: JSONValue { ["latitude": latitude.json] }
    static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        builder.define(Self.self, name: "Point") { builder in
            var schema = ObjectSchema(description: "A place on Earth.")
            schema.property("latitude", Double.self, keywords: PropertyKeywords(minimum: -90, maximum: 90), in: &builder)
            return schema.json
        }
    }
}

@Suite struct WithoutMacros {
    @Test func aTypeAndATool() async throws {
        #expect(
            JSONValue.object(JSONSchemaBuilder.schema(of: Point.self)).serializedString
                == #"{"type":"object","description":"A place on Earth.","properties":{"latitude":{"type":"number","minimum":-90,"maximum":90}},"required":["latitude"],"additionalProperties":false}"#
        )
        let tool = ServerTool("north", description: "Is it north of the equator?", input: Point.self) { point, _ in point.latitude > 0 }
        let server = Server("test", version: "1") { tool }
        #expect(try await call(server, "north", ["latitude": 38.7]).structuredContent == true)
        #expect(try await call(server, "north", ["latitude": 138.7]).isError)
    }
}
