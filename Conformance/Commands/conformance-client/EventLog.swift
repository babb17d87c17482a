import Foundation
import MCPCore
import Synchronization

/// Writes what the client sees to standard output, one JSON object a line, at once.
final class EventLog: Sendable {
    private let lock = Mutex(())

    func write(_ event: String, _ members: JSONObject = [:]) {
        var object: JSONObject = ["event": .string(event)]
        object.merge(members)
        let line = object.serialized() + [UInt8(ascii: "\n")]
        lock.withLock { _ in FileHandle.standardOutput.write(Data(line)) }
    }
}
