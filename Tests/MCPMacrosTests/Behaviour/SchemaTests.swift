import MCPMacros
import Testing

private func schema(_ type: any SchemaCodable.Type) -> String { JSONSchemaBuilder.schema(of: type).serializedString }
private func parsed(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

@Suite struct SchemaOfStructs {
    @Test func theExampleOfTheReadme() {
        #expect(
            schema(Forecast.self)
                == #"{"type":"object","description":"The weather of one day.","properties":{"temperature":{"type":"number","description":"Temperature in °C."}},"required":["temperature"],"additionalProperties":false}"#
        )
    }

    @Test func everyKindOfProperty() throws {
        let expected = """
            {"type": "object", "description": "What to look for, and how.\\n\\nSecond paragraph with a \\"quote\\".", "properties": {
              "text": {"type": "string", "description": "The words."},
              "limit": {"type": "integer", "description": "How many results.", "minimum": 1, "maximum": 50, "default": 10},
              "order": {"type": "string", "description": "In which order.\\n- asc: Smallest first.\\n- desc: Largest first.",
                        "enum": ["asc", "desc"], "default": "desc"},
              "label": {"type": "string", "description": "A label or none."},
              "mail_boxes": {"type": "array", "items": {"type": "string"}, "title": "Mailboxes", "minItems": 1, "default": ["inbox"]},
              "folder": {"type": ["string", "null"], "description": "`nil` means all of them.", "default": "inbox"},
              "weights": {"type": "object", "additionalProperties": {"type": "number"}, "default": {}},
              "extra": {},
              "seen": {"type": "array", "items": {"type": "integer"}, "uniqueItems": true},
              "default": {"type": "boolean", "default": false}
            }, "required": ["text"], "additionalProperties": false}
            """
        let made = JSONSchemaBuilder.schema(of: SearchQuery.self)
        #expect(JSONValue.object(made) == (try parsed(expected)))
        #expect(made["properties"]?.object?.keys.first == "text")
        #expect(made["properties"]?.object?.keys.last == "default")
    }

    @Test func missingMembersKeepTheirInitialValues() throws {
        let query = try SearchQuery(json: ["text": "invoice"])
        #expect(query == SearchQuery(text: "invoice"))
        #expect(query.limit == 10 && query.order == .descending && query.folder == "inbox" && query.mailboxes == ["inbox"])
    }

    @Test func membersReplaceInitialValues() throws {
        let json: JSONValue = [
            "text": "a", "limit": 3.0, "order": "asc", "label": nil, "mail_boxes": [], "folder": nil, "weights": ["x": 1],
            "extra": [1, nil],
            "seen": [2, 1, 2], "default": true,
        ]
        var query = try SearchQuery(json: json)
        #expect(query.limit == 3 && query.order == .ascending && query.label == nil && query.mailboxes.isEmpty && query.folder == nil)
        #expect(query.weights == ["x": 1] && query.extra == [1, nil] && query.seen == [1, 2] && query.default)
        let words = query.words
        #expect(words == ["a"])
    }

    @Test func roundTripsThroughAValidDocument() throws {
        let validator = try SchemaValidator(compiling: .object(JSONSchemaBuilder.schema(of: SearchQuery.self)))
        var query = SearchQuery(text: "a")
        for label in [nil, "x"] {
            for folder in [nil, "y"] {
                query.label = label
                query.folder = folder
                #expect(validator.validate(query.json).isEmpty)
                #expect(try SearchQuery(json: query.json) == query)
            }
        }
        #expect(query.json.object?.keys.contains("label") == true)
        query.label = nil
        #expect(query.json.object?.keys.contains("label") == false)
    }

    @Test func theSchemaRefusesWhatTheTypeDoesNotKnow() throws {
        let validator = try SchemaValidator(compiling: .object(JSONSchemaBuilder.schema(of: SearchQuery.self)))
        for wrong: JSONValue in [
            [:], ["text": 1], ["text": "a", "limit": 0], ["text": "a", "limit": 51], ["text": "a", "order": "up"],
            ["text": "a", "txet": "b"], ["text": "a", "mail_boxes": []], ["text": "a", "label": nil],
        ] {
            #expect(!validator.isValid(wrong), "\(wrong.serializedString)")
        }
        #expect(validator.isValid(["text": "a", "folder": nil]))
    }

    @Test func errorsCarryThePath() {
        func message(_ json: JSONValue) -> String {
            do {
                _ = try Trip(json: json)
                return "no error"
            } catch { return "\(error)" }
        }
        #expect(message(["start": ["latitude": 1]]).hasPrefix("/start/longitude: "))
        #expect(message(["start": ["latitude": "x", "longitude": 1]]) == "/start/latitude: expected number, found string")
        #expect(message([1]) == "value: expected object, found array")
        let error = #expect(throws: JSONDecodingError.self) {
            try Tree(json: ["name": "a", "children": [["name": "b"], ["name": nil]]])
        }
        #expect(error?.path.description == "/children/1/name")
    }

    @Test func severalNamesInOneDeclarationAndObservers() throws {
        #expect(
            schema(Observed.self)
                == #"{"type":"object","properties":{"first":{"type":"integer"},"second":{"type":"integer"},"count":{"type":"integer","default":0},"sum":{"type":"integer","default":0},"measured":{"type":"number"}},"required":["first","second"],"additionalProperties":false}"#
        )
        let observed = try Observed(json: ["first": 1, "second": 2, "count": 5, "sum": 7])
        #expect(observed.total == 7 && observed.count == 5)
        #expect(observed.json.serializedString == #"{"first":1,"second":2,"count":5,"sum":7}"#)
    }

    @Test func aTypeWithoutPropertiesIsAnEmptyObject() throws {
        #expect(schema(Nothing.self) == #"{"type":"object","properties":{},"additionalProperties":false}"#)
        #expect(try Nothing(json: [:]).json == [:])
        #expect(throws: JSONDecodingError.self) { try Nothing(json: 1) }
    }

    @Test func whatATypeHasItselfIsLeftAlone() throws {
        #expect(schema(ByHand.self) == #"{"type":"integer","description":"by hand"}"#)
        #expect(try ByHand(json: 4).json == 4)
    }

    @Test func genericTypes() throws {
        #expect(
            schema(Page<Int>.self)
                == #"{"type":"object","properties":{"items":{"type":"array","items":{"type":"integer"}},"next":{"type":"string"}},"required":["items"],"additionalProperties":false}"#
        )
        #expect(try Page<Forecast>(json: ["items": [["temperature": 1]]]).items.first?.temperature == 1)
    }

    @Test func accessOfSurroundings() throws {
        #expect(try Outer.Inner(json: ["value": -128]).value == -128)
        #expect(try deepRoundTrip(["value": 3]) == ["value": 3])
        #expect(throws: JSONDecodingError.self) { try Outer.Inner(json: ["value": 128]) }
    }
}

@Suite struct SchemaOfNestedTypes {
    @Test func aTypeThatIsUsedOnceIsWrittenInItsPlaceUnderTheDescriptionOfTheProperty() {
        #expect(
            schema(Author.self)
                == #"{"type":"object","properties":{"name":{"type":"string"},"home":{"type":"object","description":"Where they are.","properties":{"latitude":{"type":"number"},"longitude":{"type":"number"}},"required":["latitude","longitude"],"additionalProperties":false}},"required":["name"],"additionalProperties":false}"#
        )
    }

    @Test func aTypeThatIsUsedTwiceIsDefinedOnce() throws {
        let expected = """
            {"type": "object", "properties": {
              "start": {"$ref": "#/$defs/Place", "description": "Where it begins."}, "end": {"$ref": "#/$defs/Place"}},
             "required": ["start", "end"], "additionalProperties": false,
             "$defs": {"Place": {"type": "object", "description": "A place on Earth.",
               "properties": {"latitude": {"type": "number"}, "longitude": {"type": "number"}},
               "required": ["latitude", "longitude"], "additionalProperties": false}}}
            """
        #expect(JSONValue.object(JSONSchemaBuilder.schema(of: Trip.self)) == (try parsed(expected)))
    }

    @Test func aRecursiveTypeEndsAndItsRootIsAnObject() throws {
        let made = JSONSchemaBuilder.schema(of: Tree.self)
        #expect(made["type"] == "object")
        #expect(made["properties"]?["children"]?["items"] == ["$ref": "#/$defs/Tree"])
        #expect(made["$defs"]?["Tree"]?["properties"]?["children"]?["items"] == ["$ref": "#/$defs/Tree"])
        let validator = try SchemaValidator(compiling: .object(made))
        let tree = Tree(name: "a", children: [Tree(name: "b", children: [Tree(name: "c")]), Tree(name: "d")])
        #expect(validator.validate(tree.json).isEmpty)
        #expect(try Tree(json: tree.json) == tree)
        let wrong: JSONValue = ["name": "a", "children": [["name": "b", "children": [["name": 1]]]]]
        #expect(validator.validate(wrong).first?.instancePath.description == "/children/0/children/0/name")
    }

    @Test func aReferenceInsideADefaultIsNoReference() throws {
        var builder = JSONSchemaBuilder()
        var object = ObjectSchema()
        object.property("extra", JSONValue.self, default: ["$ref": "#/$defs/Place"], in: &builder)
        object.property("place", Place.self, in: &builder)
        let made = builder.finish(object.json)
        #expect(made["properties"]?["extra"] == ["default": ["$ref": "#/$defs/Place"]])
        #expect(made["properties"]?["place"]?["type"] == "object")
        #expect(made["$defs"] == nil)
    }

    @Test func typesOfOneNameGetTwoDefinitions() {
        var builder = JSONSchemaBuilder()
        let one = builder.define(Int.self, name: "A<B>") { _ in ["type": "integer"] }
        let other = builder.define(String.self, name: "A<B>") { _ in ["type": "string"] }
        #expect(one == ["$ref": "#/$defs/A_B_"] && other == ["$ref": "#/$defs/A_B_2"])
        #expect(builder.define(Int.self, name: "other") { _ in [:] } == one)
    }
}

@Suite struct SchemaOfEnums {
    @Test func rawValues() throws {
        #expect(schema(Priority.self) == #"{"type":"integer","enum":[1,3]}"#)
        #expect(try Priority(json: 3) == .high)
        #expect(Priority.low.json == 1)
        #expect(Order.descending.json == "desc")
    }

    @Test func namesOfCases() throws {
        #expect(schema(Colour.self) == #"{"type":"string","enum":["red","green","default"]}"#)
        #expect(try Colour(json: "default") == .default)
        #expect(Colour.green.json == "green")
    }

    @Test func withoutAMacro() throws {
        #expect(schema(Level.self) == #"{"type":"string","enum":["low","high"]}"#)
        #expect(try Level(json: "high").json == "high")
    }

    @Test(arguments: ["up", 2, nil, [:]] as [JSONValue]) func errorsListTheValues(_ wrong: JSONValue) {
        func expectation(_ decode: () throws -> Void) -> String? {
            do { try decode() } catch let error as JSONDecodingError { return error.expected } catch {}
            return nil
        }
        #expect(expectation { _ = try Order(json: wrong) } == #"one of "asc", "desc""#)
        #expect(expectation { _ = try Colour(json: wrong) } == #"one of "red", "green", "default""#)
        #expect(expectation { _ = try Priority(json: wrong) } == "one of 1, 3")
        #expect(expectation { _ = try Level(json: wrong) } == #"one of "low", "high""#)
    }
}
