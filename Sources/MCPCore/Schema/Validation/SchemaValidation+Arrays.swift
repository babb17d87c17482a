extension SchemaValidation {
    mutating func checkArray(_ array: [JSONValue], _ node: SchemaNode, _ evaluated: inout EvaluatedParts) -> Bool {
        guard let rules = node.rules.array else { return true }
        var isValid = true
        if let minimum = rules.minItems, array.count < minimum {
            isValid = fail(node, "minItems", "expected at least \(counted(minimum, "item")), found \(array.count)")
            if isDone { return false }
        }
        if let maximum = rules.maxItems, array.count > maximum {
            isValid = fail(node, "maxItems", "expected at most \(counted(maximum, "item")), found \(array.count)")
            if isDone { return false }
        }
        isValid = checkItems(array, rules, node, &evaluated) && isValid
        if rules.uniqueItems, isValid || !isDone { isValid = checkUnique(array, node) && isValid }
        if let id = rules.contains, isValid || !isDone { isValid = checkContains(array, id, rules, node, &evaluated) && isValid }
        return isValid
    }

    private mutating func checkItems(
        _ array: [JSONValue], _ rules: ArrayRules, _ node: SchemaNode, _ evaluated: inout EvaluatedParts
    ) -> Bool {
        var isValid = true
        for index in 0..<min(array.count, rules.prefix.count) {
            isValid = check(array[index], at: .index(index), rules.prefix[index]) && isValid
            evaluated.mark(index)
            if !isValid, isDone { return false }
        }
        guard let rest = rules.rest, array.count > rules.prefix.count else { return isValid }
        evaluated.mark(from: rules.prefix.count)
        if schema.nodes[rest].rules.verdict == false {
            let count = rules.prefix.count
            let allowed = count == 0 ? "an empty array" : "at most \(counted(count, "item"))"
            return fail(node, rules.restKeyword, "expected \(allowed), found \(array.count)")
        }
        for index in rules.prefix.count..<array.count {
            isValid = check(array[index], at: .index(index), rest) && isValid
            if !isValid, isDone { return false }
        }
        return isValid
    }

    private mutating func checkContains(
        _ array: [JSONValue], _ id: SchemaNodeID, _ rules: ArrayRules, _ node: SchemaNode, _ evaluated: inout EvaluatedParts
    ) -> Bool {
        let minimum = rules.minContains ?? 1
        var count = 0
        for index in array.indices {
            if silently({ $0.check(array[index], id) }) {
                count += 1
                evaluated.mark(index)
                // Enough is known, unless what matched matters or there may be too many.
                if count >= minimum, rules.maxContains == nil, !evaluated.isActive { return true }
            }
            if exhausted != nil { return false }
        }
        if count < minimum {
            let keyword = rules.minContains == nil ? "contains" : "minContains"
            return fail(node, keyword, "expected at least \(counted(minimum, "item")) that \"contains\" describes, found \(count)")
        }
        if let maximum = rules.maxContains, count > maximum {
            return fail(node, "maxContains", "expected at most \(counted(maximum, "item")) that \"contains\" describes, found \(count)")
        }
        return true
    }

    private mutating func checkUnique(_ array: [JSONValue], _ node: SchemaNode) -> Bool {
        guard let (first, second) = array.count <= 8 ? duplicateByComparing(array) : duplicateByHashing(array) else {
            if steps < 0 { exhaust("maximumSteps") }
            return steps >= 0
        }
        let value = array[first].literal
        return fail(node, "uniqueItems", "expected items that all differ, found items \(first) and \(second) equal: \(value)")
    }

    private mutating func duplicateByComparing(_ array: [JSONValue]) -> (Int, Int)? {
        for second in array.indices {
            for first in 0..<second where array[first].isSameInstance(as: array[second], budget: &steps) { return (first, second) }
        }
        return nil
    }

    private mutating func duplicateByHashing(_ array: [JSONValue]) -> (Int, Int)? {
        var seen: [Int: [Int]] = [:]
        for second in array.indices {
            let hash = array[second].instanceHash(budget: &steps)
            for first in seen[hash] ?? [] where array[first].isSameInstance(as: array[second], budget: &steps) { return (first, second) }
            if steps < 0 { return nil }
            seen[hash, default: []].append(second)
        }
        return nil
    }
}
