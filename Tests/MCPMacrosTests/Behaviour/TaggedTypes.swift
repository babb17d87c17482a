import MCPMacros

/// A shape on the page.
@Schema enum Shape: Hashable, Sendable {
    /// One point.
    case point
    /// A round one.
    /// - Parameter radius: In millimetres.
    case circle(radius: Double, filled: Bool = false)
    @Property(name: "free_text", title: "Text", description: "Words.")
    case text(String)
    case polygon(_ points: [Place], name: String?)
    case link(_ target: String, in: Colour? = .red)
    indirect case group(members: [Shape])

    static let none = 0
    var isPoint: Bool { self == .point }
}

@Schema(tag: "kind") public enum Outcome<Value>: Sendable where Value: Sendable {
    case done(type: Value)
    case failed(reason: String, after: Int = attempts)

    public static var attempts: Int { 3 }
}

@Schema indirect enum Expression: Hashable {
    case number(Double)
    case sum(left: Expression, right: Expression)
    case negated(Expression)
}

/// How soon.
@Schema enum Urgency: String, CaseIterable, Hashable, Sendable {
    @Property(title: "Right now") case high
    /// Within a week.
    case low = "later"
}

@Schema enum Size: Hashable, Sendable {
    @Property(name: "S") case small
    @Property(name: "L", title: "Large") case large
}

@Schema struct Drawing: Hashable {
    var shapes: [Shape] = [.circle(radius: 1)]
    /// What stands above.
    var heading: Shape?
    var footer: Shape? = .point
}

@Schema struct Bounded: Hashable {
    @Property(exclusiveMinimum: 0, exclusiveMaximum: 1, multipleOf: 0.25) var ratio: Double
    @Property(minLength: 2, maxLength: 3, pattern: "^[a-z]+$") var code: String
    @Property(maxItems: 2, uniqueItems: true, examples: [["a"], ["b", "c"]]) var tags: [String] = []
    @Property(title: "Wait", minimum: 0, maximum: 60) var wait: Duration = .seconds(5)
    var at: Timestamp?
}

/// A type inside of a generic one, which uses its parameter.
struct Shelf<Item: Sendable>: Sendable {
    @Schema struct Slot: Sendable {
        var item: Item
        var count: Int = 1
    }
    @Schema enum State: Sendable { case empty, full }
}

@Toolbox struct Drawings {
    /// Draws.
    /// - Parameter times: How often.
    @Tool(.readOnly)
    @Parameter("times", minimum: 1, maximum: 3)
    @Parameter("name", name: "file_name", title: "File", minLength: 1, pattern: "^[^/]*$", header: "File")
    @Parameter("size", description: "How large.")
    func draw(_ shape: Shape, times: Int = 1, named name: String, size: Size = .small, wait: Duration? = nil) -> [Shape] {
        _ = (name, size, wait)
        return Array(repeating: shape, count: times)
    }

    @Tool func measure(outcome: Outcome<Int>) -> Outcome<[Shape]> {
        switch outcome {
        case .done(let radius): .done(type: [.circle(radius: Double(radius))])
        case .failed(let reason, let attempts): .failed(reason: "\(reason) after \(attempts)")
        }
    }
}
