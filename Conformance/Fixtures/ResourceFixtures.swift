import MCPCore

/// Resources of each kind.
enum ResourceFixtures {
    static var features: [any ServerFeature] {
        [
            ServerResource("test://static-text", name: "static-text", title: "A text", description: "A text that never changes.") { _ in
                "This is the content of the static text resource."
            },
            ServerResource(
                "test://static-binary", name: "static-binary", description: "One red pixel, as PNG.", mimeType: "image/png",
                bytes: { _ in Samples.imageBytes }),
            ServerResource("test://watched-resource", name: "watched-resource", description: "A text to subscribe to.") { _ in
                "This resource can be subscribed to."
            },
            ServerResourceTemplate(
                "test://template/{id}/data", name: "template", description: "Data by number.", mimeType: "application/json",
                completions: ["id": .values(["123", "124", "200"])]
            ) { values, _ in
                let id = JSONValue.string(values["id"] ?? "")
                return JSONValue.object(["id": id, "data": ["text": .string("Data for ID \(values["id"] ?? "")")]]).serializedString
            },
        ]
    }
}
