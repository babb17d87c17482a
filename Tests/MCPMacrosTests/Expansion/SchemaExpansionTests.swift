import Testing

@Suite struct SchemaExpansion {
    @Test func aStruct() {
        expectExpansion(
            """
            /// The weather.
            @Schema public struct Forecast: Sendable {
                /** Temperature in °C. */ public var temperature: Double
                @Property(name: "rain_mm", minimum: 0) var rain: Double? // not a doc comment
                var days: Int = 3, place: String = here()
                static let unit = "°C"
                var summary: String { "…" }
            }
            """,
            """
            /// The weather.
            public struct Forecast: Sendable {
                /** Temperature in °C. */ public var temperature: Double
                var rain: Double? // not a doc comment
                var days: Int = 3, place: String = here()
                static let unit = "°C"
                var summary: String { "…" }
            }

            extension Forecast: MCPCore.SchemaCodable {
                public init(json: MCPCore.JSONValue) throws {
                    let object = try MCPCore.JSONObject(json: json)
                    self.temperature = try object.decode("temperature", as: Double.self)
                    self.rain = try object.decode("rain_mm", as: Double?.self)
                    if object["days"] != nil {
                        self.days = try object.decode("days", as: Int.self)
                    }
                    if object["place"] != nil {
                        self.place = try object.decode("place", as: String.self)
                    }
                }

                public var json: MCPCore.JSONValue {
                    var object = MCPCore.JSONObject()
                    object.encode("temperature", self.temperature)
                    object.encode("rain_mm", self.rain)
                    object["days"] = self.days.json
                    object["place"] = self.place.json
                    return .object(object)
                }

                public static func jsonSchema(_ builder: inout MCPCore.JSONSchemaBuilder) -> MCPCore.JSONObject {
                    builder.define(Self.self, name: "Forecast") { builder in
                        var schema = MCPCore.ObjectSchema(description: "The weather.")
                        schema.property("temperature", Double.self, description: "Temperature in °C.", in: &builder)
                        schema.property("rain_mm", Double?.self, keywords: MCPCore.PropertyKeywords(minimum: 0), in: &builder)
                        schema.property("days", Int.self, default: 3, in: &builder)
                        schema.property("place", String.self, required: false, in: &builder)
                        return schema.json
                    }
                }
            }
            """)
    }

    @Test func enums() {
        expectExpansion(
            """
            @Schema enum Order: String {
                /// Smallest first.
                case asc
                case desc, `default`
            }
            @Schema package enum Kind { case one, `default` }
            """,
            """
            enum Order: String {
                /// Smallest first.
                case asc
                case desc, `default`
            }
            package enum Kind { case one, `default` 
            }

            extension Order: MCPCore.SchemaCodable {
                init(json: MCPCore.JSONValue) throws {
                    self = try MCPCore.EnumSchema.decode(json, of: [.asc, .desc, .`default`])
                }

                var json: MCPCore.JSONValue {
                    self.rawValue.json
                }

                static func jsonSchema(_ builder: inout MCPCore.JSONSchemaBuilder) -> MCPCore.JSONObject {
                    MCPCore.EnumSchema.schema([Self.asc.rawValue.json, Self.desc.rawValue.json, Self.`default`.rawValue.json], cases: ["Smallest first.", nil, nil])
                }
            }

            extension Kind: MCPCore.SchemaCodable {
                package init(json: MCPCore.JSONValue) throws {
                    switch json.string {
                    case "one":
                        self = .one
                    case "default":
                        self = .`default`
                    default:
                        throw MCPCore.EnumSchema.mismatch(json, of: ["one", "default"])
                    }
                }

                package var json: MCPCore.JSONValue {
                    switch self {
                    case .one:
                        "one"
                    case .`default`:
                        "default"
                    }
                }

                package static func jsonSchema(_ builder: inout MCPCore.JSONSchemaBuilder) -> MCPCore.JSONObject {
                    MCPCore.EnumSchema.schema(["one", "default"])
                }
            }
            """)
    }

    @Test func anEnumWithAssociatedValues() {
        expectExpansion(
            """
            /// A shape.
            @Schema(tag: "kind") public enum Shape {
                case point
                /// Round.
                /// - Parameter radius: In mm.
                case circle(radius: Double, `in`: Colour? = standard), text(String)
                static let standard: Colour? = nil
            }
            """,
            """
            /// A shape.
            public enum Shape {
                case point
                /// Round.
                /// - Parameter radius: In mm.
                case circle(radius: Double, `in`: Colour? = standard), text(String)
                static let standard: Colour? = nil
            }

            extension Shape: MCPCore.SchemaCodable {
                public init(json: MCPCore.JSONValue) throws {
                    let object = try MCPCore.JSONObject(json: json)
                    switch object["kind"]?.string {
                    case "point":
                        self = .point
                    case "circle":
                        self = try .circle(radius: object.decode("radius", as: Double.self), in: object.decode("in", as: Colour?.self, default: Self.standard))
                    case "text":
                        self = try .text(object.decode("value", as: String.self))
                    default:
                        throw MCPCore.TaggedSchema.mismatch(object, tag: "kind", of: ["point", "circle", "text"])
                    }
                }

                public var json: MCPCore.JSONValue {
                    switch self {
                    case .point:
                        return ["kind": "point"]
                    case .circle(let value0, let value1):
                        var object: MCPCore.JSONObject = ["kind": "circle"]
                        object.encode("radius", value0)
                        object["in"] = value1.json
                        return .object(object)
                    case .text(let value0):
                        var object: MCPCore.JSONObject = ["kind": "text"]
                        object.encode("value", value0)
                        return .object(object)
                    }
                }

                public static func jsonSchema(_ builder: inout MCPCore.JSONSchemaBuilder) -> MCPCore.JSONObject {
                    builder.define(Self.self, name: "Shape") { builder in
                        var schema = MCPCore.TaggedSchema(description: "A shape.")
                        schema.add(MCPCore.ObjectSchema(tag: "kind", value: "point"))
                        var form1 = MCPCore.ObjectSchema(tag: "kind", value: "circle", description: "Round.")
                        form1.property("radius", Double.self, description: "In mm.", in: &builder)
                        form1.property("in", Colour?.self, required: false, in: &builder)
                        schema.add(form1)
                        var form2 = MCPCore.ObjectSchema(tag: "kind", value: "text", description: "Round.")
                        form2.property("value", String.self, in: &builder)
                        schema.add(form2)
                        return schema.json
                    }
                }
            }
            """)
    }

    @Test func namesAndTitlesOfCases() {
        let expanded = Expanded("@Schema enum A { @Property(name: \"B\", title: \"b\") case b; case c }").source
        #expect(expanded.contains(#"EnumSchema.schema(["B", "c"], titles: ["b", nil])"#), "\(expanded)")
        #expect(expanded.contains(#"case "B":"#) && expanded.contains(".b:") && expanded.contains(#""B""#))
    }

    @Test func genericsOfTheTypeAndOfThoseAroundIt() {
        func extended(_ source: String) -> String {
            Expanded(source).source.split(separator: "\n").first { $0.hasPrefix("extension") }.map(String.init) ?? ""
        }
        #expect(extended("@Schema enum A<T> { case a(T) }") == "extension A: MCPCore.SchemaCodable where T: MCPCore.SchemaCodable {")
        #expect(
            extended("struct A<T, U> {\n@Schema struct B { var a: [U] }\n}")
                == "extension A.B: MCPCore.SchemaCodable where U: MCPCore.SchemaCodable {")
        #expect(extended("struct A<T> {\n@Schema struct B { var a: Int }\n}") == "extension A.B: MCPCore.SchemaCodable {")
    }

    @Test(arguments: [
        ("/// One line.", "One line."),
        ("/// Two\n/// lines.", "Two lines."),
        ("/// Old.\n\n/// New.", "New."),
        ("/** Block. */", "Block."),
        ("/**\n * Starred\n * block.\n *\n * Second.\n */", "Starred block.\\n\\nSecond."),
        ("/**\n  Indented\n  block.\n\n  - one\n  - two\n*/", "Indented block.\\n\\n- one\\n- two"),
        ("/// A \"quote\" and a \\\\ slash.", "A \\\"quote\\\" and a \\\\\\\\ slash."),
        ("/// Code:\n/// ```\n/// a\n///   b\n/// ```\n/// End.", "Code:\\n```\\na\\n  b\\n```\\nEnd."),
    ])
    func docComments(_ comment: String, _ literal: String) {
        let expanded = Expanded("@Schema struct A {\n\(comment)\n@Property(minimum: 1) var a: Int\n}").source
        #expect(expanded.contains("schema.property(\"a\", Int.self, description: \"\(literal)\", keywords:"), "\(expanded)")
    }

    @Test func aDocCommentMayFollowTheAttributes() {
        #expect(Expanded("@Schema\n/// Here.\nstruct A { var a: Int }").source.contains(#"ObjectSchema(description: "Here.")"#))
    }

    @Test func onlyLiteralDefaultsAreTold() {
        func told(_ value: String) -> Bool { Expanded("@Schema struct A { var a: T = \(value) }").source.contains("default: \(value)") }
        for value in ["1", "-1", "1.5", "true", "\"a\"", "[1, 2]", "[]", "[:]", "[\"a\": [1]]", ".member"] {
            #expect(told(value), "\(value)")
        }
        for value in ["f()", "\"a\\(b)\"", "a", "A.b", "[f()]", ".f()", "-a", "1 + 1"] { #expect(!told(value), "\(value)") }
    }
}
