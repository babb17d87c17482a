/// Reads one JSON document (RFC 8259 with the I-JSON rules of RFC 7493 on names and surrogates) in one pass over its bytes.
///
/// Containers that are not complete yet live on stacks of the parser, not on the call stack; each becomes one array of
/// exactly its size when it ends. Names are compared when their object ends, by fingerprints while there are few of them.
struct JSONParser: ~Copyable {
    /// What is kept of a name until its object ends, so that duplicates are found without comparing texts.
    struct NameMark {
        var fingerprint: UInt64
        /// Where its opening quote stands.
        var offset: Int
    }

    /// The container that goes on when the one inside it ends.
    struct Frame {
        var isObject: Bool
        var start: Int
        /// The name that waits for its value, in an object.
        var name: String
    }

    let base: UnsafePointer<UInt8>
    let end: Int
    let limits: JSONLimits
    var position = 0

    var values = ScratchStack<JSONValue>(capacity: 16)
    var members = ScratchStack<JSONObject.Member>(capacity: 16)
    var marks = ScratchStack<NameMark>(capacity: 16)
    var frames = ScratchStack<Frame>(capacity: 8)
    /// The decoded bytes of the last string that had escapes.
    var decoded = ScratchStack<UInt8>(capacity: 64)
    var names: JSONNameCache

    init(_ base: UnsafePointer<UInt8>, count: Int, limits: JSONLimits) {
        self.base = base
        end = count
        self.limits = limits
        names = JSONNameCache(forDocumentOf: count)
    }

    mutating func parse() throws(JSONParsingFailure) -> JSONValue {
        if end >= 3, base[0] == 0xEF, base[1] == 0xBB, base[2] == 0xBF { throw failure(.byteOrderMark, at: 0) }
        skipWhitespace()
        let value = try parseValue()
        skipWhitespace()
        if position < end { throw failure(.trailing) }
        return value
    }

    private mutating func parseValue() throws(JSONParsingFailure) -> JSONValue {
        var isObject = false
        var start = 0
        var name = ""
        var expected = JSONParsingFailure.Reason.value
        while true {
            var value: JSONValue
            guard position < end else { throw failure(expected) }
            switch base[position] {
            case UInt8(ascii: "\""):
                position += 1
                value = .string(try scanString().string())
            case UInt8(ascii: "{"):
                position += 1
                if frames.count >= limits.maximumDepth { throw failure(.depth, at: position - 1) }
                skipWhitespace()
                if position < end, base[position] == UInt8(ascii: "}") {
                    position += 1
                    value = .object(JSONObject())
                } else {
                    frames.push(Frame(isObject: isObject, start: start, name: name))
                    isObject = true
                    start = members.count
                    name = try parseName(orElse: .nameOrEnd)
                    expected = .value
                    continue
                }
            case UInt8(ascii: "["):
                position += 1
                if frames.count >= limits.maximumDepth { throw failure(.depth, at: position - 1) }
                skipWhitespace()
                if position < end, base[position] == UInt8(ascii: "]") {
                    position += 1
                    value = .array([])
                } else {
                    frames.push(Frame(isObject: isObject, start: start, name: name))
                    isObject = false
                    start = values.count
                    expected = .valueOrBracket
                    continue
                }
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                value = try parseNumber()
            case UInt8(ascii: "t"):
                try parseLiteral("true", .literalTrue)
                value = .bool(true)
            case UInt8(ascii: "f"):
                try parseLiteral("false", .literalFalse)
                value = .bool(false)
            case UInt8(ascii: "n"):
                try parseLiteral("null", .literalNull)
                value = .null
            default:
                throw failure(expected)
            }

            // The value ends here, and with it perhaps containers around it.
            expected = .value
            while true {
                if frames.count == 0 { return value }
                skipWhitespace()
                let next = position < end ? base[position] : 0
                if isObject {
                    members.push((name, value))
                    if next == UInt8(ascii: ",") {
                        position += 1
                        skipWhitespace()
                        name = try parseName(orElse: .name)
                        break
                    }
                    guard next == UInt8(ascii: "}") else { throw failure(.commaOrBrace) }
                    value = .object(try endObject(from: start))
                } else {
                    values.push(value)
                    if next == UInt8(ascii: ",") {
                        position += 1
                        skipWhitespace()
                        break
                    }
                    guard next == UInt8(ascii: "]") else { throw failure(.commaOrBracket) }
                    value = .array(values.popArray(from: start))
                }
                position += 1
                let frame = frames.pop()
                isObject = frame.isObject
                start = frame.start
                name = frame.name
            }
        }
    }

    /// Reads a name and its colon, and notes its fingerprint.
    @inline(__always)
    private mutating func parseName(orElse expected: JSONParsingFailure.Reason) throws(JSONParsingFailure) -> String {
        guard position < end, base[position] == UInt8(ascii: "\"") else { throw failure(expected) }
        let offset = position
        position += 1
        let text = try scanString()
        let fingerprint = text.fingerprint
        marks.push(NameMark(fingerprint: fingerprint, offset: offset))
        let name = names.string(text, fingerprint: fingerprint)
        skipWhitespace()
        guard position < end, base[position] == UInt8(ascii: ":") else { throw failure(.colon) }
        position += 1
        skipWhitespace()
        return name
    }

    private mutating func endObject(from start: Int) throws(JSONParsingFailure) -> JSONObject {
        let count = members.count - start
        let marks = self.marks.base + (self.marks.count - count)
        defer { self.marks.removeAll(from: self.marks.count - count) }
        if count > JSONObject.greatestUnindexedCount {
            switch JSONObject.indexing(members.popArray(from: start)) {
            case .success(let object): return object
            case .failure(let duplicate): throw failure(.duplicate, at: marks[duplicate.position].offset)
            }
        }
        for later in 0..<count {
            for earlier in 0..<later where marks[earlier].fingerprint == marks[later].fingerprint {
                if members.base[start + earlier].key.hasSameBytes(as: members.base[start + later].key) {
                    throw failure(.duplicate, at: marks[later].offset)
                }
            }
        }
        return JSONObject(unchecked: members.popArray(from: start))
    }

    @inline(__always)
    private mutating func parseLiteral(
        _ literal: StaticString, _ expected: JSONParsingFailure.Reason
    ) throws(JSONParsingFailure) {
        let text = literal.utf8Start
        for index in 0..<literal.utf8CodeUnitCount {
            guard position + index < end, base[position + index] == text[index] else {
                throw failure(expected, at: position + index)
            }
        }
        position += literal.utf8CodeUnitCount
    }

    @inline(__always) mutating func skipWhitespace() {
        if position < end, base[position] <= 0x20 { skipWhitespaceRun() }
    }

    @inline(never) private mutating func skipWhitespaceRun() {
        while position < end {
            switch base[position] {
            case 0x20:
                position += 1
                // Indentation comes in runs of spaces.
                while position + 8 <= end, word(at: position) == 0x2020_2020_2020_2020 { position += 8 }
            case 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Eight bytes from `offset` on, the first one lowest.
    @inline(__always) func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
    }

    @inline(never) func failure(_ reason: JSONParsingFailure.Reason, at offset: Int) -> JSONParsingFailure {
        JSONParsingFailure(reason: reason, offset: offset)
    }

    @inline(never) func failure(_ reason: JSONParsingFailure.Reason) -> JSONParsingFailure {
        JSONParsingFailure(reason: reason, offset: position)
    }
}
