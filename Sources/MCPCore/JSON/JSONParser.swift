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
        /// How many members or values stood on their stack when it began.
        var start: Int
    }

    /// A `_meta` that is not the one that is remembered, with the bytes in the document that it was read from.
    typealias FreshMeta = (bytes: UnsafeBufferPointer<UInt8>, object: JSONObject)

    let base: UnsafePointer<UInt8>
    let end: Int
    let limits: JSONLimits
    var position = 0

    var values: ScratchStack<JSONValue>
    /// The last member of an object that is not complete may wait for its value.
    var members: ScratchStack<JSONObject.Member>
    var marks: ScratchStack<NameMark>
    var frames: ScratchStack<Frame>
    /// The decoded bytes of the last string that had escapes.
    var decoded: ScratchStack<UInt8>
    var names: JSONNameCache
    /// What is known of an earlier message; `nil` where nobody remembers any.
    private let remembered: UnsafePointer<RememberedMeta>?
    /// Where the `_meta` begins that is to be remembered; -1 where there is none.
    private var metaStart = -1
    private(set) var freshMeta: FreshMeta?

    /// - Parameter scratch: two pieces of memory of 1 KiB, aligned to 16 bytes, that small documents need no more than.
    init(
        _ bytes: UnsafeRawBufferPointer, from base: UnsafePointer<UInt8>, limits: JSONLimits,
        remembered: UnsafePointer<RememberedMeta>?, scratch: (UnsafeMutableRawBufferPointer, UnsafeMutableRawBufferPointer)
    ) {
        self.base = base
        self.remembered = remembered
        end = bytes.count
        self.limits = limits
        values = ScratchStack(UnsafeMutableRawBufferPointer(rebasing: scratch.0[..<384]))
        members = ScratchStack(UnsafeMutableRawBufferPointer(rebasing: scratch.0[384...]))
        marks = ScratchStack(UnsafeMutableRawBufferPointer(rebasing: scratch.1[..<384]))
        frames = ScratchStack(UnsafeMutableRawBufferPointer(rebasing: scratch.1[384..<640]))
        decoded = ScratchStack(UnsafeMutableRawBufferPointer(rebasing: scratch.1[640...]))
        names = JSONNameCache(forDocumentOf: bytes.count)
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
        // The document itself counts as an array's element here: where no container is open, its value is put on `values`.
        var isObject = false
        var start = 0
        var expected = JSONParsingFailure.Reason.value
        while true {
            guard position < end else { throw failure(expected) }
            switch base[position] {
            case UInt8(ascii: "\""):
                position += 1
                let text = try scanString()
                // In the message itself: methods come again.
                let string = frames.count == 1 ? names.string(text, fingerprint: text.fingerprint) : text.string()
                put(.string(string), isObject)
            case UInt8(ascii: "{"):
                let mayBeMeta = remembered != nil && frames.count == RememberedMeta.depth && isObject
                if mayBeMeta, takeRemembered() { break }
                let brace = position
                try beginContainer()
                if position < end, base[position] == UInt8(ascii: "}") {
                    position += 1
                    put(.object(JSONObject()), isObject)
                } else {
                    // An empty one ends above, and is not worth remembering.
                    if mayBeMeta, members.top.pointee.key.hasSameBytes(as: RememberedMeta.name) { metaStart = brace }
                    frames.push(Frame(isObject: isObject, start: start))
                    isObject = true
                    start = members.count
                    try parseName(orElse: .nameOrEnd)
                    expected = .value
                    continue
                }
            case UInt8(ascii: "["):
                try beginContainer()
                if position < end, base[position] == UInt8(ascii: "]") {
                    position += 1
                    put(.array([]), isObject)
                } else {
                    frames.push(Frame(isObject: isObject, start: start))
                    isObject = false
                    start = values.count
                    expected = .valueOrBracket
                    continue
                }
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                put(try parseNumber(), isObject)
            case UInt8(ascii: "t"):
                try parseLiteral("true", .literalTrue)
                put(.bool(true), isObject)
            case UInt8(ascii: "f"):
                try parseLiteral("false", .literalFalse)
                put(.bool(false), isObject)
            case UInt8(ascii: "n"):
                try parseLiteral("null", .literalNull)
                put(.null, isObject)
            default:
                throw failure(expected)
            }

            // A value ends here, and with it perhaps containers around it.
            expected = .value
            while true {
                if frames.count == 0 { return values.pop() }
                skipWhitespace()
                let next = position < end ? base[position] : 0
                if next == UInt8(ascii: ",") {
                    position += 1
                    skipWhitespace()
                    if isObject { try parseName(orElse: .name) }
                    break
                }
                let frame = frames.top.pointee
                if isObject {
                    guard next == UInt8(ascii: "}") else { throw failure(.commaOrBrace) }
                    let object = try endObject(from: start)
                    if metaStart >= 0, frames.count == RememberedMeta.depth + 1 { noteMeta(object) }
                    put(.object(object), frame.isObject)
                } else {
                    guard next == UInt8(ascii: "]") else { throw failure(.commaOrBracket) }
                    put(.array(values.popArray(from: start)), frame.isObject)
                }
                position += 1
                isObject = frame.isObject
                start = frame.start
                frames.removeAll(from: frames.count - 1)
            }
        }
    }

    /// Takes the object that begins here from what is remembered, where it stood in an earlier message.
    @inline(__always) private mutating func takeRemembered() -> Bool {
        guard let (object, count) = remembered?.pointee.beginning(of: base + position, count: end - position) else { return false }
        position += count
        put(.object(object), true)
        return true
    }

    /// Notes the `_meta` whose closing brace stands here.
    @inline(never) private mutating func noteMeta(_ object: JSONObject) {
        freshMeta = (UnsafeBufferPointer(start: base + metaStart, count: position + 1 - metaStart), object)
        metaStart = -1
    }

    /// Puts a value where the container around it waits for it.
    @inline(__always) private mutating func put(_ value: consuming JSONValue, _ isInObject: Bool) {
        if isInObject { members.top.pointee.value = value } else { values.push(value) }
    }

    @inline(__always) private mutating func beginContainer() throws(JSONParsingFailure) {
        if frames.count >= limits.maximumDepth { throw failure(.depth) }
        position += 1
        skipWhitespace()
    }

    /// Reads a name and its colon, notes its fingerprint and begins the member.
    @inline(__always)
    private mutating func parseName(orElse expected: JSONParsingFailure.Reason) throws(JSONParsingFailure) {
        guard position < end, base[position] == UInt8(ascii: "\"") else { throw failure(expected) }
        let offset = position
        position += 1
        let text = try scanString()
        let fingerprint = text.fingerprint
        marks.push(NameMark(fingerprint: fingerprint, offset: offset))
        members.begin(names.string(text, fingerprint: fingerprint))
        skipWhitespace()
        guard position < end, base[position] == UInt8(ascii: ":") else { throw failure(.colon) }
        position += 1
        skipWhitespace()
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
