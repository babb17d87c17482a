import MCPMacros
import Testing

private func validator(_ type: any SchemaCodable.Type) throws -> SchemaValidator {
    try SchemaValidator(compiling: .object(JSONSchemaBuilder.schema(of: type)))
}

/// The values are what the JSON says, and JSON and schema agree.
private func check<T: SchemaCodable & Equatable>(_ pairs: (T, JSONValue)...) throws {
    let validator = try validator(T.self)
    for (value, json) in pairs {
        #expect(value.json == json)
        #expect(validator.validate(json).isEmpty, "\(json.serializedString): \(validator.validate(json))")
        #expect(try T(json: json) == value)
        #expect(try T(json: JSONValue(parsing: json.serializedString)) == value)
    }
}

private func message(_ decode: () throws -> Void) -> String {
    do {
        try decode()
        return "no error"
    } catch { return "\(error)" }
}

@Suite struct EnumsWithAssociatedValues {
    @Test func theSchemaIsOneFormForEachCase() throws {
        let expected = """
            {"type": "object", "description": "A shape on the page.", "oneOf": [
              {"type": "object", "description": "One point.", "properties": {"type": {"type": "string", "const": "point"}},
               "required": ["type"], "additionalProperties": false},
              {"type": "object", "description": "A round one.", "properties": {"type": {"type": "string", "const": "circle"},
                "radius": {"type": "number", "description": "In millimetres."}, "filled": {"type": "boolean", "default": false}},
               "required": ["type", "radius"], "additionalProperties": false},
              {"type": "object", "title": "Text", "description": "Words.", "properties": {"type": {"type": "string", "const": "free_text"},
                "value": {"type": "string"}}, "required": ["type", "value"], "additionalProperties": false}
            ]}
            """
        var made = JSONSchemaBuilder.schema(of: Shape.self)
        let forms = try #require(made["oneOf"]?.array)
        #expect(forms.count == 6)
        made["oneOf"] = .array(Array(forms.prefix(3)))
        made["$defs"] = nil
        let wanted = try JSONValue(parsing: expected)
        #expect(JSONValue.object(made) == wanted)
        #expect(forms[5]["properties"]?["members"] == ["type": "array", "items": ["$ref": "#/$defs/Shape"]])
    }

    @Test func valuesAreMembersBesideTheTag() throws {
        try check(
            (Shape.point, ["type": "point"]),
            (.circle(radius: 1.5), ["type": "circle", "radius": 1.5, "filled": false]),
            (.text("a"), ["type": "free_text", "value": "a"]),
            (.link("b", in: nil), ["type": "link", "target": "b", "in": nil]),
            (.link("b"), ["type": "link", "target": "b", "in": "red"]),
            (.polygon([Place(latitude: 1, longitude: 2)], name: nil), ["type": "polygon", "points": [["latitude": 1.0, "longitude": 2.0]]]),
            (.group(members: [.point, .group(members: [])]), ["type": "group", "members": [["type": "point"], ["type": "group", "members": []]]]))
    }

    @Test func missingValuesHaveTheirDefaults() throws {
        #expect(try Shape(json: ["type": "circle", "radius": 2]) == .circle(radius: 2))
        #expect(try Shape(json: ["type": "link", "target": "x"]) == .link("x", in: .red))
        let failed = try Outcome<Int>(json: ["kind": "failed", "reason": "x"])
        guard case .failed("x", 3) = failed else { return #expect(Bool(false), "\(failed)") }
        #expect(failed.json == ["kind": "failed", "reason": "x", "after": 3])
        #expect(JSONSchemaBuilder.schema(of: Outcome<Int>.self)["oneOf"]?.array?.last?["required"] == ["kind", "reason"])
    }

    @Test func aRecursiveEnumEnds() throws {
        try check(
            (Expression.number(1), ["type": "number", "value": 1.0]),
            (
                .sum(left: .negated(.number(1)), right: .number(2)),
                [
                    "type": "sum", "left": ["type": "negated", "value": ["type": "number", "value": 1.0]], "right": ["type": "number", "value": 2.0],
                ]
            ))
        let schema = JSONSchemaBuilder.schema(of: Expression.self)
        #expect(schema["type"] == "object" && schema["$defs"]?["Expression"]?["oneOf"] == schema["oneOf"])
    }

    @Test func asPropertiesAndInArrays() throws {
        try check(
            (
                Drawing(shapes: [.point, .text("a")], heading: .circle(radius: 1), footer: nil),
                [
                    "shapes": [["type": "point"], ["type": "free_text", "value": "a"]], "heading": ["type": "circle", "radius": 1.0, "filled": false],
                    "footer": nil,
                ]
            ))
        #expect(try Drawing(json: [:]) == Drawing())
        let schema = JSONSchemaBuilder.schema(of: Drawing.self)
        #expect(schema["properties"]?["heading"] == ["$ref": "#/$defs/Shape", "description": "What stands above."])
        #expect(schema["properties"]?["footer"]?["anyOf"]?.array?.last == ["type": "null"])
        // A case with values is a call, which is evaluated but not told.
        #expect(schema["properties"]?["shapes"]?["default"] == nil)
        #expect(schema["properties"]?["footer"]?["default"] == ["type": "point"])
        // `null` fits where an optional has a default, though the form alone refuses it.
        #expect(try validator(Drawing.self).isValid(["footer": nil]))
        #expect(try !validator(Drawing.self).isValid(["heading": nil]))
    }

    @Test func whatDoesNotFitIsToldWithItsPath() throws {
        #expect(
            message { _ = try Shape(json: ["type": "circel"]) }
                == #"/type: expected one of "point", "circle", "free_text", "polygon", "link", "group", found "circel""#)
        #expect(message { _ = try Expression(json: [:]) } == #"/type: expected one of "number", "sum", "negated", but it is missing"#)
        #expect(message { _ = try Expression(json: 1) } == "value: expected object, found integer")
        #expect(
            message { _ = try Expression(json: ["type": "sum", "left": ["type": "number", "value": "x"], "right": 1]) }
                == "/left/value: expected number, found string")
        let violations = try validator(Expression.self).validate(["type": "difference"])
        #expect(violations.map(\.description) == [#"expected "number" or "sum" or "negated" as "type", found string "difference""#])
    }

    @Test func theSchemaRefusesWhatTheTypeDoesNotKnow() throws {
        let validator = try validator(Shape.self)
        for wrong: JSONValue in [
            [:], ["type": "circle"], ["type": "circle", "radius": "1"], ["type": "point", "radius": 1], ["type": 1], "point", nil,
            ["type": "group", "members": [["type": "nothing"]]], ["type": "text", "value": "a"], ["radius": 1],
        ] {
            #expect(!validator.isValid(wrong), "\(wrong.serializedString)")
        }
    }
}

@Suite struct EnumsWithNamesAndTitles {
    @Test func titlesMakeAChoiceAsFormsWantIt() throws {
        #expect(
            JSONValue.object(JSONSchemaBuilder.schema(of: Urgency.self)).serializedString
                == #"{"type":"string","description":"How soon.\n- later: Within a week.","oneOf":[{"const":"high","title":"Right now"},{"const":"later","title":"later"}]}"#
        )
        #expect(
            JSONSchemaBuilder.schema(of: [Size].self)["items"]
                == ["type": "string", "anyOf": [["const": "S", "title": "S"], ["const": "L", "title": "Large"]]])
        try check((Urgency.high, "high"), (.low, "later"))
        try check((Size.small, "S"), (.large, "L"))
        try check(([Size.large, .small], ["L", "S"]))
        try check((nil as Urgency?, nil), (.high, "high"))
    }
}

@Suite struct BoundsOfProperties {
    @Test func areInTheSchemaAndChecked() throws {
        let schema = JSONSchemaBuilder.schema(of: Bounded.self)
        let expected = """
            {"type": "object", "properties": {
              "ratio": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.25},
              "code": {"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^[a-z]+$"},
              "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2, "uniqueItems": true, "examples": [["a"], ["b", "c"]],
                       "default": []},
              "wait": {"type": "number", "description": "A number of seconds.", "title": "Wait", "minimum": 0, "maximum": 60},
              "at": {"type": "string", "format": "date-time"}
            }, "required": ["ratio", "code"], "additionalProperties": false}
            """
        // `.seconds(5)` is a call, which is evaluated but not told.
        let wanted = try JSONValue(parsing: expected)
        #expect(JSONValue.object(schema) == wanted)
        let validator = try validator(Bounded.self)
        let good: JSONObject = ["ratio": 0.5, "code": "ab", "tags": ["a", "b"], "wait": 1.5, "at": "2026-07-28T00:00:00Z"]
        #expect(validator.validate(.object(good)).isEmpty)
        #expect(try Bounded(json: .object(good)).wait == .milliseconds(1500))
        for (name, wrong): (String, JSONValue) in [
            ("ratio", 0), ("ratio", 1), ("ratio", 0.3), ("code", "a"), ("code", "abcd"), ("code", "A1"), ("tags", ["a", "a"]), ("tags", ["a", "b", "c"]),
            ("wait", 61), ("wait", "5"), ("at", 5),
        ] {
            var bad = good
            bad[name] = wrong
            let violations = validator.validate(.object(bad))
            #expect(violations.count == 1 && violations.first?.instancePath == [.key(name)], "\(name): \(wrong.serializedString)")
        }
    }

    @Test func typesInsideOfGenericTypes() throws {
        let slot = try Shelf<Place>.Slot(json: ["item": ["latitude": 1, "longitude": 2]])
        #expect(slot.item.longitude == 2 && slot.count == 1)
        #expect(JSONSchemaBuilder.schema(of: Shelf<Int>.Slot.self)["properties"]?["item"] == ["type": "integer"])
        // One that does not use the parameter is a schema whatever it is.
        #expect(Shelf<NoSchema>.State.full.json == "full")
    }
}

private struct NoSchema: Sendable {}

@Suite struct BoundsOfParameters {
    let server = Server("drawings", version: "1") { Drawings() }

    @Test func areInTheInputSchema() throws {
        let tool = try #require(Drawings().tools.first?.definition)
        let properties = try #require(tool.inputSchema["properties"]?.object)
        #expect(properties.keys == ["shape", "times", "file_name", "size", "wait"])
        #expect(properties["times"] == ["type": "integer", "description": "How often.", "minimum": 1, "maximum": 3, "default": 1])
        #expect(
            properties["file_name"]
                == ["type": "string", "title": "File", "minLength": 1, "pattern": "^[^/]*$", "x-mcp-header": "File"])
        #expect(properties["size"]?["description"] == "How large.")
        #expect(tool.inputSchema["required"] == ["shape", "file_name"])
        try server.validate()
    }

    @Test func areCheckedBeforeTheCall() async throws {
        let circle: JSONValue = ["type": "circle", "radius": 1]
        let drawn = try await call(server, "draw", ["shape": circle, "times": 2, "file_name": "a", "wait": 0.25])
        #expect(drawn.structuredContent == [["type": "circle", "radius": 1.0, "filled": false], ["type": "circle", "radius": 1.0, "filled": false]])
        for (wrong, part): (JSONObject, String) in [
            (["shape": circle, "file_name": "a", "times": 4], "times"), (["shape": circle, "file_name": "a/b"], "file_name"),
            (["shape": circle, "name": "a"], "file_name"), (["shape": ["type": "circle"], "file_name": "a"], "radius"),
            (["shape": circle, "file_name": "a", "wait": "soon"], "wait"), (["shape": ["type": "oval"], "file_name": "a"], "oval"),
        ] {
            let result = try await call(server, "draw", wrong)
            #expect(result.isError && result.text.contains(part), "\(result.text)")
        }
    }

    @Test func payloadsAreArgumentsAndResults() async throws {
        let done = try await call(server, "measure", ["outcome": ["kind": "done", "type": 2]])
        #expect(done.structuredContent == ["kind": "done", "type": [["type": "circle", "radius": 2.0, "filled": false]]])
        let failed = try await call(server, "measure", ["outcome": ["kind": "failed", "reason": "x"]])
        #expect(failed.structuredContent == ["kind": "failed", "reason": "x after 3", "after": 3])
        #expect(Drawings().tools.last?.definition.outputSchema?["type"] == "object")
    }
}
