extension JSONValue {
    /// Equality as JSON Schema has it (Core 2020-12 section 4.2.2): numbers by their value, strings by code points, objects in
    /// any order. `budget` goes down with each value that is compared; the answer is `false` when it runs out.
    func isSameInstance(as other: JSONValue, budget: inout Int) -> Bool {
        budget -= 1
        if budget < 0 { return false }
        switch (self, other) {
        case (.null, .null): return true
        case (.bool(let one), .bool(let two)): return one == two
        case (.string(let one), .string(let two)):
            guard one.utf8.count == two.utf8.count else { return false }
            budget -= one.utf8.count / SchemaLimits.bytesOfStep
            return budget >= 0 && one.hasSameBytes(as: two)
        case (.array(let one), .array(let two)):
            guard one.count == two.count else { return false }
            for index in one.indices where !one[index].isSameInstance(as: two[index], budget: &budget) { return false }
            return true
        case (.object(let one), .object(let two)): return one.isSameInstance(as: two, budget: &budget)
        default:
            guard isNumber, other.isNumber else { return false }
            budget -= stepsOfDigits + other.stepsOfDigits
            return budget >= 0 && numericOrder(other) == 0
        }
    }

    /// A hash that is the same for the same instances.
    func instanceHash(budget: inout Int, depth: Int = 0) -> Int {
        var hasher = Hasher()
        budget -= 1
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .double, .number:
            budget -= stepsOfDigits
            let decimal = ExactDecimal(self)
            if let integer = decimal?.int64 { hasher.combine(integer) } else { hasher.combine(decimal) }
        case .string(let value):
            budget -= value.utf8.count / SchemaLimits.bytesOfStep
            hasher.combineBytes(of: value)
        // Below some depth equal hashes are as good.
        case .array(let elements) where depth < 32 && budget >= 0:
            hasher.combine(elements.count)
            for element in elements { hasher.combine(element.instanceHash(budget: &budget, depth: depth + 1)) }
        case .object(let object) where depth < 32 && budget >= 0:
            var sum = 0
            for (key, value) in object {
                var member = Hasher()
                budget -= key.utf8.count / SchemaLimits.bytesOfStep
                member.combineBytes(of: key)
                member.combine(value.instanceHash(budget: &budget, depth: depth + 1))
                sum &+= member.finalize()
            }
            hasher.combine(sum)
        case .array, .object: hasher.combine(1)
        }
        return hasher.finalize()
    }
}

extension JSONObject {
    fileprivate func isSameInstance(as other: JSONObject, budget: inout Int) -> Bool {
        guard count == other.count else { return false }
        for index in indices {
            let (key, value) = self[index]
            budget -= key.utf8.count / SchemaLimits.bytesOfStep
            if budget < 0 { return false }
            let found: JSONValue?
            // Objects that were written alike have their members in the same order.
            if other[index].key.hasSameBytes(as: key) {
                found = other[index].value
            } else {
                found = other[key]
            }
            guard let found, value.isSameInstance(as: found, budget: &budget) else { return false }
        }
        return true
    }
}

extension JSONValue {
    /// How many steps reading the digits of a literal takes, beyond the one that the value is counted with; each takes longer than a byte of a string.
    var stepsOfDigits: Int {
        if case .number(let number) = self { number.literal.utf8.count * 8 / SchemaLimits.bytesOfStep } else { 0 }
    }
}
