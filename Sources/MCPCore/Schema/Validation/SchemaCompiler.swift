/// Turns a schema and the documents that it refers to into nodes. Documents are first scanned for subschemas, identifiers and
/// anchors; then what the root reaches is compiled, from a queue, so that recursive schemas need no recursion here.
struct SchemaCompiler {
    let registry: SchemaRegistry
    let limits: SchemaLimits
    let assertFormat: Bool

    private var documents: [(uri: String, root: JSONValue)] = []
    private var scanned: [SchemaLocation: ScannedSchema] = [:]
    /// Schemas with a URI of their own, by it.
    private var resources: [String: SchemaLocation] = [:]
    private var resourceCount = 0
    /// By URI with the anchor as fragment.
    private var anchors: [String: SchemaLocation] = [:]
    private var dynamicAnchors: [String: [(resource: Int, location: SchemaLocation)]] = [:]

    private var ids: [SchemaLocation: SchemaNodeID] = [:]
    private var locations: [SchemaLocation] = []
    private var nodes: [SchemaNodeID: SchemaNode] = [:]
    private var soughtAnchors: [String] = []
    var patternInstructions = 0

    init(registry: SchemaRegistry, limits: SchemaLimits, assertFormat: Bool) {
        self.registry = registry
        self.limits = limits
        self.assertFormat = assertFormat
    }

    mutating func compile(_ schema: JSONValue, dialect: SchemaDialect) throws(SchemaCompilationError) -> CompiledSchema {
        let root = try addDocument(schema, uri: "", SchemaVocabularies(dialect))
        let rootID = try node(at: root)
        var compiled = 0
        var anchorTables: [[Int: SchemaNodeID]] = []
        repeat {
            while compiled < locations.count {
                nodes[compiled] = SchemaNode(try rules(at: locations[compiled]))
                compiled += 1
            }
            // What a dynamic reference may lead to is compiled too, and may bring more of both.
            anchorTables = []
            for name in soughtAnchors {
                var table: [Int: SchemaNodeID] = [:]
                for (resource, location) in dynamicAnchors[name] ?? [] { table[resource] = try node(at: location) }
                anchorTables.append(table)
            }
        } while compiled < locations.count

        var list = ContiguousArray<SchemaNode>()
        for id in locations.indices { if let node = nodes[id] { list.append(node) } }
        let isDynamic = anchorTables.contains { $0.count > 1 }
        if !isDynamic { Self.skipReferences(&list) }
        return CompiledSchema(nodes: list, root: rootID, dynamicAnchors: isDynamic ? anchorTables : [])
    }

    /// Puts in the place of a node that only refers to another the other itself.
    private static func skipReferences(_ nodes: inout ContiguousArray<SchemaNode>) {
        for id in nodes.indices {
            var target = id
            var hops = 0
            while let next = nodes[target].rules.onlyReference, hops < nodes.count {
                target = next
                hops += 1
            }
            // A circle of references is left, to be stopped by the depth limit.
            if hops < nodes.count { nodes[id] = nodes[target] }
        }
    }

    // MARK: Scanning

    private mutating func addDocument(
        _ root: JSONValue, uri: String, _ vocabularies: SchemaVocabularies
    ) throws(SchemaCompilationError) -> SchemaLocation {
        let location = SchemaLocation(document: documents.count, path: JSONPath())
        documents.append((uri, root))
        resources[uri] = location
        resourceCount += 1
        try scan(root, at: location, base: URIReference(uri), resource: resourceCount - 1, vocabularies, depth: 0)
        return location
    }

    private mutating func scan(
        _ value: JSONValue, at location: SchemaLocation, base: URIReference, resource: Int, _ vocabularies: SchemaVocabularies, depth: Int
    ) throws(SchemaCompilationError) {
        guard depth <= limits.maximumSchemaDepth else {
            let limit = limits.maximumSchemaDepth
            throw error(at: location, "schemas nest more than \(limit) deep; move the inner ones to $defs and refer to them")
        }
        guard scanned.count < limits.maximumSubschemas else {
            throw error(at: location, "there are more than \(limits.maximumSubschemas) subschemas; split the schema")
        }
        var base = base
        var resource = resource
        var vocabularies = vocabularies
        guard let object = value.object else {
            scanned[location] = ScannedSchema(value: value, base: base, resource: resource, vocabularies: vocabularies)
            return
        }
        if let uri = object["$schema"]?.string, object["$id"]?.string != nil || location.path.isRoot {
            vocabularies = try self.vocabularies(declaredBy: uri, at: location)
        }
        // In draft-07 nothing beside "$ref" counts, not even "$id".
        let hidesSiblings = vocabularies.dialect == .draft07 && object["$ref"]?.string != nil
        let id = hidesSiblings ? nil : object["$id"]?.string
        if let id {
            let uri = URIReference(id).resolved(against: base)
            if let fragment = uri.fragment, !fragment.isEmpty {
                guard vocabularies.dialect == .draft07 else {
                    throw error(
                        at: location.appending("$id"), "\"$id\" cannot have a fragment in 2020-12; use \"$anchor\" for \(quoted(fragment))")
                }
                anchors[uri.description] = location
            }
            if !id.hasPrefix("#") {
                base = uri.withoutFragment
                resource = resourceCount
                resourceCount += 1
                resources[base.description] = location
            }
        }
        if vocabularies.dialect != .draft07 {
            for keyword in ["$anchor", "$dynamicAnchor"] {
                guard let name = object[keyword]?.string else { continue }
                anchors["\(base)#\(name)"] = location
                if keyword == "$dynamicAnchor" { dynamicAnchors[name, default: []].append((resource, location)) }
            }
        }
        scanned[location] = ScannedSchema(value: value, base: base, resource: resource, vocabularies: vocabularies)
        try SubschemaKeywords.forEach(in: object, at: location, vocabularies.dialect) {
            (location, value) throws(SchemaCompilationError) in
            try scan(value, at: location, base: base, resource: resource, vocabularies, depth: depth + 1)
        }
    }

    private func vocabularies(
        declaredBy uri: String, at location: SchemaLocation, depth: Int = 0
    ) throws(SchemaCompilationError) -> SchemaVocabularies {
        let uri = URIReference(uri).withoutFragment.description
        for dialect in SchemaDialect.allCases where dialect.uri.drop(while: { $0 != ":" }) == uri.drop(while: { $0 != ":" }) {
            return SchemaVocabularies(dialect)
        }
        guard let metaSchema = registry.document(uri)?.object, depth < 8 else {
            let supported = SchemaDialect.allCases.map { quoted($0.uri) }.joined(separator: " or ")
            throw error(at: location.appending("$schema"), "the dialect \(quoted(uri, limit: 200)) is not supported; use \(supported)")
        }
        if let declared = metaSchema["$vocabulary"]?.object {
            do {
                return try SchemaVocabularies(declared)
            } catch {
                throw self.error(
                    at: location.appending("$schema"),
                    "the meta-schema requires the vocabulary \(quoted(error.uri, limit: 200)), which is not supported")
            }
        }
        return try vocabularies(declaredBy: metaSchema["$schema"]?.string ?? SchemaDialect.draft2020_12.uri, at: location, depth: depth + 1)
    }

    // MARK: References

    /// The location that a reference leads to; loads the document when it is a registered one.
    private mutating func target(
        of reference: String, from origin: SchemaLocation, _ schema: ScannedSchema
    ) throws(SchemaCompilationError) -> SchemaLocation {
        let uri = URIReference(reference).resolved(against: schema.base)
        let document = uri.withoutFragment.description
        let name = document.isEmpty ? "this schema" : quoted(document, limit: 200)
        if resources[document] == nil {
            guard let root = registry.document(document) else {
                throw error(
                    at: origin,
                    "the document \(name) is not known and nothing is fetched; register it, or embed it in $defs with this \"$id\"")
            }
            _ = try addDocument(root, uri: document, SchemaVocabularies(schema.vocabularies.dialect))
        }
        guard let resource = resources[document] else { return origin }
        let fragment = uri.fragment ?? ""
        if fragment.isEmpty { return resource }
        if !fragment.hasPrefix("/") {
            guard let location = anchors["\(document)#\(fragment)"] else {
                throw error(at: origin, "there is no anchor \(quoted(fragment)) in \(name)")
            }
            return location
        }
        guard let pointer = URIReference.percentDecoded(fragment), let location = try follow(pointer, from: resource) else {
            throw error(at: origin, "nothing stands at \(quoted("#" + fragment, limit: 200)) in \(name)")
        }
        return location
    }

    /// The location that a JSON Pointer leads to; scans the value when it stands where no keyword holds subschemas.
    private mutating func follow(_ pointer: String, from start: SchemaLocation) throws(SchemaCompilationError) -> SchemaLocation? {
        guard var enclosing = scanned[start] else { return nil }
        var location = start
        var value = enclosing.value
        for token in pointer.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let name = Self.unescaped(token) else { return nil }
            switch value {
            case .object(let object):
                guard let member = object[name] else { return nil }
                location = location.appending(name)
                value = member
            case .array(let elements):
                guard let index = Int(name), elements.indices.contains(index), name == String(index) else { return nil }
                location = location.appending(index)
                value = elements[index]
            default: return nil
            }
            if let found = scanned[location] { enclosing = found }
        }
        if scanned[location] == nil {
            try scan(value, at: location, base: enclosing.base, resource: enclosing.resource, enclosing.vocabularies, depth: 0)
        }
        return location
    }

    private static func unescaped(_ token: Substring.UnicodeScalarView) -> String? {
        var result = ""
        var scalars = token.makeIterator()
        while let scalar = scalars.next() {
            if scalar != "~" {
                result.unicodeScalars.append(scalar)
                continue
            }
            switch scalars.next() {
            case "0": result += "~"
            case "1": result += "/"
            default: return nil
            }
        }
        return result
    }

    // MARK: Nodes

    /// The number of the node for a location, which is queued when it is new.
    mutating func node(at location: SchemaLocation) throws(SchemaCompilationError) -> SchemaNodeID {
        if let id = ids[location] { return id }
        guard locations.count < limits.maximumSubschemas else {
            throw error(at: location, "there are more than \(limits.maximumSubschemas) subschemas; split the schema")
        }
        let id = locations.count
        ids[location] = id
        locations.append(location)
        return id
    }

    mutating func node(
        reference: String, from origin: SchemaLocation, _ schema: ScannedSchema
    ) throws(SchemaCompilationError) -> SchemaNodeID {
        try node(at: try target(of: reference, from: origin, schema))
    }

    /// What a `$dynamicRef` means: a plain reference unless its first target has that dynamic anchor (Core 2020-12 section 8.2.3.2).
    mutating func dynamicReference(
        _ reference: String, from origin: SchemaLocation, _ schema: ScannedSchema
    ) throws(SchemaCompilationError) -> Applicator {
        let location = try target(of: reference, from: origin, schema)
        let initial = try node(at: location)
        guard let name = URIReference(reference).fragment, scanned[location]?.value["$dynamicAnchor"]?.string == name else {
            return .reference(initial)
        }
        let anchor = soughtAnchors.firstIndex(of: name) ?? soughtAnchors.count
        if anchor == soughtAnchors.count { soughtAnchors.append(name) }
        return .dynamicReference(DynamicReference(anchor: anchor, initial: initial))
    }

    private mutating func rules(at location: SchemaLocation) throws(SchemaCompilationError) -> SchemaNode.Rules {
        guard let schema = scanned[location] else { throw error(at: location, "no schema stands here") }
        var keywords = SchemaKeywords(location: location, schema: schema)
        return try keywords.compile(with: &self)
    }

    func error(at location: SchemaLocation, _ reason: String) -> SchemaCompilationError {
        SchemaCompilationError(document: documents[location.document].uri, path: location.path, reason: reason)
    }
}

extension SchemaNode.Rules {
    /// The schema that this one refers to, when it does nothing else.
    var onlyReference: SchemaNodeID? {
        guard applicators.count == 1, case .reference(let target) = applicators[0] else { return nil }
        let isBare =
            types == nil && enumeration == nil && constant == nil && number == nil && string == nil && array == nil && object == nil
            && !tracksEvaluation
        return isBare ? target : nil
    }
}
