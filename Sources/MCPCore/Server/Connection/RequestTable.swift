/// The requests of a connection by their ids. Ids are nearly always numbers, which are hashed in a third of the time that the enumeration takes.
struct RequestTable<Value> {
    private var numbered: [Int64: Value] = [:]
    private var named: [String: Value] = [:]

    subscript(id: RequestID) -> Value? {
        get {
            switch id {
            case .integer(let number): numbered[number]
            case .string(let name): named[name]
            }
        }
        set {
            switch id {
            case .integer(let number): numbered[number] = newValue
            case .string(let name): named[name] = newValue
            }
        }
    }

    /// Adds a request, unless there is one of that id.
    /// - Returns: Whether there was none.
    mutating func add(_ id: RequestID, _ value: () -> Value) -> Bool {
        switch id {
        case .integer(let number): Self.fill(&numbered[number], value)
        case .string(let name): Self.fill(&named[name], value)
        }
    }

    /// The place in the table is searched once, for whether it is free and to take it.
    @inline(__always) private static func fill(_ place: inout Value?, _ value: () -> Value) -> Bool {
        guard place == nil else { return false }
        place = value()
        return true
    }

    var all: [(id: RequestID, value: Value)] {
        numbered.map { (.integer($0.key), $0.value) } + named.map { (.string($0.key), $0.value) }
    }
}
