#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Holds a data directory for one process. The kernel lets go of it when the process ends, however it ends.
final class DataDirectoryLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `DataDirectoryInUse` where another store has it.
    init(directory: String) throws {
        let path = "\(directory)/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw MailStorageError("open", path) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let isHeld = errno == EWOULDBLOCK
            let failure = MailStorageError("lock", path)
            close(descriptor)
            throw isHeld ? DataDirectoryInUse(directory: directory) : failure
        }
        self.descriptor = descriptor
    }

    deinit {
        // Unlocked by name: a child process that is being started holds a copy of the descriptor until it runs its program.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

/// Two servers cannot write to one mail store.
public struct DataDirectoryInUse: Error, Hashable, CustomStringConvertible {
    public let directory: String
    public var description: String {
        "The data directory \(directory) is in use by another email server. Stop that one, connect to it over HTTP, "
            + "or give this one a directory of its own with --data."
    }
}
