/// A pattern as instructions of a machine whose states are simulated side by side (Thompson 1968): each scalar of the text is
/// looked at once, and for each at most every instruction is visited once.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        case scalar(Unicode.Scalar)
        case characters(Int)
        case start, end, wordBoundary, noWordBoundary
        case jump(Int)
        case fork(Int, Int)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private let classes: [PatternCharacterSet]
    private let limit: Int
    private let source: String
    /// Whether the pattern can match at the start only, so that no later start need be tried.
    private var isAnchored = false

    init(_ expression: PatternExpression, _ classes: [PatternCharacterSet], limit: Int, source: String) throws(SchemaPatternError) {
        self.classes = classes
        self.limit = limit
        self.source = source
        try emit(expression)
        try append(.match)
        isAnchored = Self.isAnchored(expression)
    }

    private static func isAnchored(_ expression: PatternExpression) -> Bool {
        switch expression {
        case .start: true
        case .sequence(let parts): parts.first.map(isAnchored) ?? false
        case .alternatives(let branches): branches.allSatisfy(isAnchored)
        default: false
        }
    }

    // MARK: Compiling

    private mutating func append(_ instruction: Instruction) throws(SchemaPatternError) {
        guard instructions.count < limit else {
            throw SchemaPatternError(
                pattern: source, offset: 0,
                reason: "its repetitions need more than \(limit) instructions; use smaller bounds, or maxLength for the length")
        }
        instructions.append(instruction)
    }

    private mutating func emit(_ expression: PatternExpression) throws(SchemaPatternError) {
        switch expression {
        case .empty: break
        case .scalar(let scalar): try append(.scalar(scalar))
        case .characters(let index): try append(.characters(index))
        case .start: try append(.start)
        case .end: try append(.end)
        case .wordBoundary: try append(.wordBoundary)
        case .noWordBoundary: try append(.noWordBoundary)
        case .sequence(let parts):
            for part in parts { try emit(part) }
        case .alternatives(let branches): try emit(alternatives: branches)
        case .repeated(let inner, let minimum, let maximum): try emit(inner, minimum, maximum)
        }
    }

    private mutating func emit(alternatives branches: [PatternExpression]) throws(SchemaPatternError) {
        var jumps: [Int] = []
        for branch in branches.dropLast() {
            let fork = instructions.count
            try append(.fork(fork + 1, 0))
            try emit(branch)
            jumps.append(instructions.count)
            try append(.jump(0))
            instructions[fork] = .fork(fork + 1, instructions.count)
        }
        if let last = branches.last { try emit(last) }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func emit(_ inner: PatternExpression, _ minimum: Int, _ maximum: Int?) throws(SchemaPatternError) {
        // What emits nothing matches the empty text however often it is repeated.
        let before = instructions.count
        for _ in 0..<minimum {
            let start = instructions.count
            try emit(inner)
            if instructions.count == start { return }
        }
        guard let maximum else {
            let fork = instructions.count
            try append(.fork(fork + 1, 0))
            try emit(inner)
            if instructions.count == fork + 1 {
                instructions.removeSubrange(before...)
                return
            }
            try append(.jump(fork))
            instructions[fork] = .fork(fork + 1, instructions.count)
            return
        }
        var forks: [Int] = []
        for _ in minimum..<max(minimum, maximum) {
            let fork = instructions.count
            forks.append(fork)
            try append(.fork(fork + 1, 0))
            try emit(inner)
            if instructions.count == fork + 1 { break }
        }
        for fork in forks { instructions[fork] = .fork(fork + 1, instructions.count) }
    }

    // MARK: Matching

    /// Whether the program matches somewhere in the text. `steps` goes down with every instruction that is visited.
    func search(_ text: String, steps: inout Int) -> Bool {
        let count = instructions.count
        steps -= count / 16
        // Two lists of states, one stack for following forks, one mark for each instruction.
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: count * 4 + 1) { memory in
            memory.initialize(repeating: -1)
            var states = StateLists(memory: memory, capacity: count)
            return run(text, &states, &steps)
        }
    }

    /// The lists of the states that are alive, in memory that lives as long as one search.
    private struct StateLists {
        let memory: UnsafeMutableBufferPointer<Int>
        let capacity: Int
        var current = 0
        var currentCount = 0
        var nextCount = 0

        subscript(current index: Int) -> Int { memory[current * capacity + index] }

        mutating func appendNext(_ state: Int) {
            memory[(1 - current) * capacity + nextCount] = state
            nextCount += 1
        }

        /// Marks a state as reached at a position; `false` when it already was.
        func mark(_ state: Int, at position: Int) -> Bool {
            let index = 2 * capacity + state
            guard memory[index] != position else { return false }
            memory[index] = position
            return true
        }

        mutating func advance() {
            current = 1 - current
            currentCount = nextCount
            nextCount = 0
        }
    }

    private func run(_ text: String, _ states: inout StateLists, _ steps: inout Int) -> Bool {
        var previous: Unicode.Scalar?
        var iterator = text.unicodeScalars.makeIterator()
        var following = iterator.next()
        var position = 0
        if reach(0, position, nil, following, &states, &steps) { return true }
        states.advance()
        while let scalar = following {
            previous = scalar
            following = iterator.next()
            position += 1
            for index in 0..<states.currentCount {
                let state = states[current: index]
                let accepts =
                    switch instructions[state] {
                    case .scalar(let expected): expected == scalar
                    case .characters(let set): classes[set].contains(scalar)
                    default: false
                    }
                if accepts, reach(state + 1, position, previous, following, &states, &steps) { return true }
                if steps < 0 { return false }
            }
            if !isAnchored, reach(0, position, previous, following, &states, &steps) { return true }
            steps -= 1
            if steps < 0 { return false }
            if states.nextCount == 0, isAnchored { return false }
            states.advance()
        }
        return false
    }

    /// Adds the state, and those that it leads to without reading, to the next list; `true` when the program matches.
    private func reach(
        _ first: Int, _ position: Int, _ previous: Unicode.Scalar?, _ following: Unicode.Scalar?, _ states: inout StateLists,
        _ steps: inout Int
    ) -> Bool {
        // The stack holds each instruction at most once, since what is pushed is marked first.
        let stack = 3 * states.capacity
        var top = 0
        func push(_ state: Int) {
            guard states.mark(state, at: position) else { return }
            states.memory[stack + top] = state
            top += 1
        }
        push(first)
        while top > 0 {
            top -= 1
            let state = states.memory[stack + top]
            steps -= 1
            if steps < 0 { return false }
            switch instructions[state] {
            case .match: return true
            case .jump(let target): push(target)
            case .fork(let one, let other):
                push(other)
                push(one)
            case .start: if previous == nil { push(state + 1) }
            case .end: if following == nil { push(state + 1) }
            case .wordBoundary: if Self.isWord(previous) != Self.isWord(following) { push(state + 1) }
            case .noWordBoundary: if Self.isWord(previous) == Self.isWord(following) { push(state + 1) }
            case .scalar, .characters: states.appendNext(state)
            }
        }
        return false
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z", "_": true
        default: false
        }
    }
}
