/// Writes JSON (RFC 8259) into a buffer of bytes, as whole values or piece by piece.
///
///     var writer = JSONWriter()
///     writer.beginObject()
///     writer.name("items")
///     writer.write(items)        // a JSONValue
///     writer.endObject()
///     send(writer.buffer)
///
/// Commas and colons come by themselves; that names and values alternate in objects, and that what is begun is ended, is up to the
/// caller (checked in debug builds). Several values at the top level follow one another without a separator.
///
/// JSON has no NaN and no infinity: they are written as `null`, as ECMAScript does. A writer that threw would leave half a message in
/// the buffer, and one that wrote `nan` would break the whole message for its reader, where a null fails in one place, by its type.
public struct JSONWriter: Sendable {
    /// How the same value may be written differently.
    public struct Options: OptionSet, Sendable, Hashable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// One member or element a line, indented by two spaces.
        public static let pretty = Options(rawValue: 1)
        /// Members in the order of the UTF-16 code units of their names (RFC 8785 section 3.2.3) instead of their own order.
        /// It applies to `JSONValue`s; what is written piece by piece stays in the order in which it is written.
        public static let sortedKeys = Options(rawValue: 2)
        /// Numbers of the same value are written the same way (RFC 8785 section 3.2.2.3, see `JSONValue.canonicalBytes`).
        static let canonicalNumbers = Options(rawValue: 4)
    }

    /// What has been written so far, in UTF-8. It may be emptied, and bytes may be added between values of the top level.
    public var buffer: [UInt8]

    public let options: Options

    private var depth = 0
    private var needsComma = false
    private var followsName = false

    /// Writes behind the bytes that `buffer` has already.
    public init(buffer: [UInt8] = [], options: Options = []) {
        self.buffer = buffer
        self.options = options
    }

    // MARK: Containers

    /// Begins an object: `name(_:)` and a value in turn, then `endObject()`.
    public mutating func beginObject() { begin(UInt8(ascii: "{")) }

    public mutating func endObject() { end(UInt8(ascii: "}")) }

    /// Begins an array: values, then `endArray()`.
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }

    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// The name of the member whose value is written next. That it is the only one of this name is up to the caller.
    public mutating func name(_ name: String) {
        assert(depth > 0 && !followsName, "a name stands in an object, before a value")
        separate()
        emit { $0.write(string: name) }
        buffer.append(UInt8(ascii: ":"))
        if options.contains(.pretty) { buffer.append(UInt8(ascii: " ")) }
        followsName = true
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        buffer.append(bracket)
        depth += 1
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        assert(depth > 0 && !followsName, "nothing to end here, or a name without a value")
        depth -= 1
        if needsComma { breakLine() }
        buffer.append(bracket)
        needsComma = depth > 0
    }

    private mutating func separate() {
        if followsName {
            followsName = false
        } else if depth > 0 {
            if needsComma { buffer.append(UInt8(ascii: ",")) }
            breakLine()
        }
        needsComma = depth > 0
    }

    private mutating func breakLine() {
        guard options.contains(.pretty) else { return }
        buffer.append(0x0A)
        buffer.append(contentsOf: repeatElement(0x20, count: depth * 2))
    }

    // MARK: Values

    public mutating func write(_ value: JSONValue) {
        if options.isEmpty {
            separate()
            return emit { $0.write(value) }
        }
        switch value {
        case .array(let elements):
            beginArray()
            for element in elements { write(element) }
            endArray()
        case .object(let object):
            write(object)
        case .integer, .double, .number:
            separate()
            if options.contains(.canonicalNumbers) {
                buffer.append(contentsOf: value.canonicalNumber.utf8)
            } else {
                emit { $0.write(value) }
            }
        case .null, .bool, .string:
            separate()
            emit { $0.write(value) }
        }
    }

    public mutating func write(_ object: JSONObject) {
        if options.isEmpty { return write(.object(object)) }
        var members = object.members
        if options.contains(.sortedKeys) { members.sort { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) } }
        beginObject()
        for member in members {
            name(member.key)
            write(member.value)
        }
        endObject()
    }

    public mutating func write(_ string: String) {
        separate()
        emit { $0.write(string: string) }
    }

    public mutating func write(_ integer: Int64) { write(JSONValue.integer(integer)) }

    public mutating func write(_ integer: Int) { write(JSONValue.integer(Int64(integer))) }

    /// The shortest digits that read back as the same number; `null` for NaN and infinities.
    public mutating func write(_ double: Double) { write(JSONValue.double(double)) }

    public mutating func write(_ bool: Bool) { write(JSONValue.bool(bool)) }

    public mutating func writeNull() { write(JSONValue.null) }

    /// A value that is JSON already. That it is valid is up to the caller.
    public mutating func write(serialized bytes: some Collection<UInt8>) {
        separate()
        buffer.append(contentsOf: bytes)
    }

    /// Has `body` write to memory that is on the stack as long as it is little, and takes the bytes over.
    /// Never part of its callers, which call themselves and would hold that memory at each level.
    @inline(never)
    private mutating func emit(_ body: (inout JSONOutput) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { memory in
            var output = JSONOutput(memory)
            body(&output)
            buffer.append(contentsOf: output.written)
        }
    }
}
