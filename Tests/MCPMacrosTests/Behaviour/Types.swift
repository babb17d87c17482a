import MCPMacros

/// The weather of one day.
@Schema struct Forecast: Sendable, Hashable {
    /** Temperature in °C. */
    var temperature: Double
}

/// What to look for,
/// and how.
///
/// Second paragraph with a "quote".
@Schema
public struct SearchQuery: Hashable {
    /// The words.
    public let text: String
    /// How many results.
    @Property(minimum: 1, maximum: 50)
    public var limit: Int = 10
    public var order: Order = .descending
    /** A label or none. */
    public var label: String?
    @Property(name: "mail_boxes", title: "Mailboxes", minItems: 1) public var mailboxes: [String] = ["inbox"]
    /// `nil` means all of them.
    public var folder: String? = "inbox"
    public var weights: [String: Double] = [:]
    public var extra: JSONValue?
    public var seen: Set<Int> = Self.noneSeen
    public var `default`: Bool = false

    static let noneSeen: Set<Int> = []
    static var shared: SearchQuery { SearchQuery(text: "") }
    var isEmpty: Bool { text.isEmpty }
    private(set) lazy var words: [String] = text.split(separator: " ").map(String.init)

    init(text: String) { self.text = text }
}

/// In which order.
@Schema public enum Order: String, Sendable {
    /// Smallest first.
    case ascending = "asc"
    /// Largest first.
    case descending = "desc"
}

@Schema enum Priority: Int { case low = 1, high = 3 }

@Schema enum Colour: Sendable { case red, green, `default` }

@Schema struct Tree: Hashable {
    var name: String
    var children: [Tree] = []
}

@Schema struct Author: Hashable {
    var name: String
    /// Where they are.
    var home: Place?
}

/// A place on Earth.
@Schema struct Place: Hashable {
    var latitude: Double
    var longitude: Double
}

@Schema struct Trip: Hashable {
    /// Where it begins.
    var start: Place
    var end: Place
}

@Schema struct Page<Item>: Sendable where Item: Sendable {
    var items: [Item]
    var next: String?
}

@Schema struct Nothing: Hashable {}

@Schema struct Observed: Hashable {
    var first, second: Int
    var count: Int = 0 { didSet { total += 1 } }
    @Property(name: "sum") private(set) var total: Int = 0
    var measured: Double? { willSet {} }
}

@Schema struct ByHand: Hashable {
    var value: Int
    var json: JSONValue { .integer(Int64(value)) }
    init(json: JSONValue) throws { value = try Int(json: json) }
    static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { ["type": "integer", "description": "by hand"] }
}

enum Level: String, CaseIterable, SchemaCodable { case low, high }

public enum Outer {}
public extension Outer {
    @Schema struct Inner: Sendable { public var value: Int8 }
}

fileprivate struct Hidden { @Schema fileprivate struct Deep { var value: UInt64 } }

/// Decodes and encodes a type of this file.
func deepRoundTrip(_ json: JSONValue) throws -> JSONValue { try Hidden.Deep(json: json).json }
