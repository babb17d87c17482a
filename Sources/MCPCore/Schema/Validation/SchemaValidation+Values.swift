extension SchemaValidation {
    /// Counts that so many bytes of a string are read: a schema may have it read as often as it has subschemas. Most strings are too short to count.
    /// - Returns: Whether there are steps left for it.
    @inline(__always)
    mutating func read(_ bytes: Int) -> Bool {
        guard bytes >= SchemaLimits.bytesOfStep else { return true }
        steps -= bytes / SchemaLimits.bytesOfStep
        if steps < 0 { exhaust("maximumSteps") }
        return steps >= 0
    }

    /// Counts that the digits of a literal are read, by its type or by bounds.
    mutating func readDigits(of value: JSONValue) -> Bool {
        steps -= value.stepsOfDigits
        if steps < 0 { exhaust("maximumSteps") }
        return steps >= 0
    }

    mutating func checkEnumeration(_ value: JSONValue, _ node: SchemaNode) -> Bool {
        if let rule = node.rules.constant, !contains(value, rule) {
            return fail(node, "const", "expected \(rule.values[0].literal), found \(value.briefly)")
        }
        if let rule = node.rules.enumeration, !contains(value, rule) {
            let choices = listed(rule.values.lazy.map(\.literal), limit: 20)
            return fail(node, "enum", "expected \(rule.values.count == 1 ? "" : "one of ")\(choices), found \(value.briefly)")
        }
        return true
    }

    private mutating func contains(_ value: JSONValue, _ rule: EnumerationRule) -> Bool {
        if case .string(let string) = value {
            guard read(string.utf8.count) else { return false }
            return rule.strings.index(of: string) != nil
        }
        for other in rule.others where value.isSameInstance(as: other, budget: &steps) { return true }
        if steps < 0 { exhaust("maximumSteps") }
        return false
    }

    mutating func checkNumber(_ value: JSONValue, _ node: SchemaNode) -> Bool {
        guard let rules = node.rules.number else { return true }
        var isValid = true
        if let bound = rules.minimum, value.numericOrder(bound) < 0 {
            isValid = fail(node, "minimum", "expected a number of at least \(bound.literal), found \(value.literal)")
        }
        if let bound = rules.maximum, value.numericOrder(bound) > 0 {
            isValid = fail(node, "maximum", "expected a number of at most \(bound.literal), found \(value.literal)")
        }
        if let bound = rules.exclusiveMinimum, value.numericOrder(bound) <= 0 {
            isValid = fail(node, "exclusiveMinimum", "expected a number greater than \(bound.literal), found \(value.literal)")
        }
        if let bound = rules.exclusiveMaximum, value.numericOrder(bound) >= 0 {
            isValid = fail(node, "exclusiveMaximum", "expected a number less than \(bound.literal), found \(value.literal)")
        }
        if let divisor = rules.multipleOf, !Self.isMultiple(value, of: divisor) {
            isValid = fail(node, "multipleOf", "expected a multiple of \(divisor.value.literal), found \(value.literal)")
        }
        return isValid
    }

    private static func isMultiple(_ value: JSONValue, of divisor: NumberRules.Divisor) -> Bool {
        if case .integer(let value) = value, case .integer(let divisor) = divisor.value {
            return value.magnitude % divisor.magnitude == 0
        }
        guard let decimal = ExactDecimal(value) else { return false }
        return decimal.isMultiple(of: divisor.decimal)
    }

    mutating func checkString(_ string: String, _ node: SchemaNode) -> Bool {
        guard let rules = node.rules.string else { return true }
        var isValid = true
        if rules.minLength != nil || rules.maxLength != nil {
            isValid = checkLength(string, rules, node)
            if !isValid, isDone { return false }
        }
        if let pattern = rules.pattern {
            let matches = pattern.matches(string, steps: &steps)
            if steps < 0 {
                exhaust("maximumSteps")
                return false
            }
            if !matches {
                let source = quoted(pattern.source, limit: 200)
                isValid = fail(node, "pattern", "expected a string that matches the pattern \(source), found \(quoted(string))")
                if isDone { return false }
            }
        }
        if let format = rules.format {
            guard read(string.utf8.count) else { return false }
            if format.accepts(string) { return isValid }
            isValid = fail(node, "format", "expected \(format.description), found \(quoted(string))")
        }
        return isValid
    }

    private mutating func checkLength(_ string: String, _ rules: StringRules, _ node: SchemaNode) -> Bool {
        // A code point takes one to four bytes: most strings need no counting.
        let bytes = string.utf8.count
        let fitsMinimum = rules.minLength.map { bytes / 4 >= $0 } ?? true
        let fitsMaximum = rules.maxLength.map { bytes <= $0 } ?? true
        if fitsMinimum, fitsMaximum { return true }
        guard read(bytes) else { return false }
        var length = 0
        for byte in string.utf8 where byte & 0xC0 != 0x80 { length += 1 }
        if let minimum = rules.minLength, length < minimum {
            return fail(node, "minLength", "expected at least \(counted(minimum, "character")), found \(length): \(quoted(string))")
        }
        if let maximum = rules.maxLength, length > maximum {
            return fail(node, "maxLength", "expected at most \(counted(maximum, "character")), found \(length): \(quoted(string))")
        }
        return true
    }
}
