/// The `_meta` of the last message that came on a connection, with the bytes that it was read from. Clients send the same one with each request
/// (2026-07-28, basic, `_meta`), servers with each result, and what has been read need not be read again.
///
/// A complete object followed by whatever is the same value wherever the same bytes stand, and as deep in each message as in the last. So nothing else changes: neither
/// what is accepted nor where an error is said to be.
struct RememberedMeta: Sendable {
    /// Longer ones are read anew each time: a connection keeps this much, and not whatever its client sends.
    static let greatestCount = 4 << 10
    /// What it is called, as a member of `params` or `result`. Other objects in that depth may be taken from here, but are not remembered.
    static let name = "_meta"
    /// How many containers stand around it: the message, and its `params` or `result`. In a batch it stands deeper, and is read each time.
    static let depth = 2

    /// From the opening brace to the closing one; empty until there is one.
    private var bytes: [UInt8] = []
    private var object = JSONObject()

    /// What stands at the beginning of a piece of a message, where it has been read before.
    @inline(__always)
    func beginning(of piece: UnsafePointer<UInt8>, count available: Int) -> (object: JSONObject, count: Int)? {
        let isSame = bytes.withUnsafeBufferPointer { bytes in
            guard let known = bytes.baseAddress, bytes.count > 0, bytes.count <= available else { return false }
            return JSONText.sameLongBytes(known, piece, count: bytes.count)
        }
        return isSame ? (object, bytes.count) : nil
    }

    /// Whether this is the one that is remembered.
    func holds(_ object: JSONObject) -> Bool { !bytes.isEmpty && self.object.isSame(as: object) }

    mutating func remember(_ object: JSONObject, readFrom bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count <= Self.greatestCount else { return }
        // In place: a client that sends another one each time costs no memory anew.
        self.bytes.removeAll(keepingCapacity: true)
        self.bytes.append(contentsOf: bytes)
        self.object = object
    }
}
