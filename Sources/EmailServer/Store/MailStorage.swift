#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The file operations of a mail store, each of them one step that a crash can come before or after.
///
/// `willTake` is called before every step that changes the disk and can make it fail: the tests stop the store at each of them.
struct MailStorage: Sendable {
    enum Step: Sendable, Hashable {
        case createDirectory, createFile, writeFile, syncFile, rename, syncDirectory, openJournal, appendJournal, syncJournal, remove
    }

    var willTake: @Sendable (Step) throws -> Void = { _ in }
    /// Octets of one write call.
    var chunkSize = 1 << 20

    /// Makes the directory and those above it, where they do not exist; only the owner may look into them.
    func createDirectory(_ path: String) throws {
        if isDirectory(path) { return }
        try willTake(.createDirectory)
        if mkdir(path, 0o700) == 0 { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try createDirectory(String(path[..<slash]))
            if mkdir(path, 0o700) == 0 { return }
        }
        if errno != EEXIST || !isDirectory(path) { throw MailStorageError("create the directory", path) }
    }

    func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// What a directory says of a file without its being read.
    struct FileStamp: Sendable, Hashable {
        /// Octets.
        var size: Int
        /// When it was last changed, in nanoseconds since 1970.
        var modified: Int64
    }

    /// The regular files in a directory, sorted by name.
    func files(in path: String) throws -> [(name: String, stamp: FileStamp)] {
        try names(in: path).compactMap { name in stamp(of: "\(path)/\(name)").map { (name, $0) } }
    }

    /// `nil` where there is no such regular file.
    func stamp(of path: String) -> FileStamp? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        return FileStamp(size: Int(status.st_size), modified: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    func names(in path: String) throws -> [String] {
        guard let directory = opendir(path) else { throw MailStorageError("read the directory", path) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The octets of a file; `nil` where there is none.
    func read(_ path: String, limit: Int) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw MailStorageError("open", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw MailStorageError("look at", path) }
        guard status.st_size <= limit else { throw MailStorageError("read", path, reason: "it has more than \(limit) bytes") }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                return pread(descriptor, rest.baseAddress, rest.count, off_t(count))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw MailStorageError("read", path) }
            if got == 0 { break }
            count += got
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Puts a file in its place so that after a crash it is there whole or not at all: written elsewhere, synced, renamed, and the directory
    /// synced. The rename is the moment from which on the file counts.
    func place(_ bytes: [UInt8], at path: String, through temporary: String, in directory: String) throws {
        try willTake(.createFile)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw MailStorageError("create", temporary) }
        do {
            defer { close(descriptor) }
            try write(bytes, to: descriptor, path: temporary, step: .writeFile)
            try willTake(.syncFile)
            guard fsync(descriptor) == 0 else { throw MailStorageError("write", temporary) }
        }
        try move(temporary, to: path)
        try sync(directory: directory)
    }

    func move(_ source: String, to target: String) throws {
        try willTake(.rename)
        guard rename(source, target) == 0 else { throw MailStorageError("rename", source) }
    }

    func sync(directory path: String) throws {
        try willTake(.syncDirectory)
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw MailStorageError("open the directory", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw MailStorageError("sync the directory", path) }
    }

    /// Removes a file; it is no error that there is none.
    func remove(_ path: String) throws {
        try willTake(.remove)
        if unlink(path) != 0, errno != ENOENT { throw MailStorageError("remove", path) }
    }

    func openForAppending(_ path: String) throws -> Int32 {
        try willTake(.openJournal)
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw MailStorageError("open", path) }
        return descriptor
    }

    func append(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
        try write(bytes, to: descriptor, path: path, step: .appendJournal)
        try willTake(.syncJournal)
        guard fsync(descriptor) == 0 else { throw MailStorageError("write", path) }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32, path: String, step: Step) throws {
        var start = 0
        while start < bytes.count {
            try willTake(step)
            let end = min(start + chunkSize, bytes.count)
            var written = start
            while written < end {
                let count = bytes[written..<end].withUnsafeBytes { Self.writeOnce(descriptor, $0) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw MailStorageError("write", path) }
                written += count
            }
            start = end
        }
    }

    private static func writeOnce(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Darwin)
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}

/// A file operation of the mail store that failed.
public struct MailStorageError: Error, Hashable, CustomStringConvertible {
    public let operation: String
    public let path: String
    public let reason: String

    /// Takes the reason from `errno`.
    init(_ operation: String, _ path: String) {
        self.init(operation, path, reason: String(cString: strerror(errno)))
    }

    init(_ operation: String, _ path: String, reason: String) {
        self.operation = operation
        self.path = path
        self.reason = reason
    }

    public var description: String {
        "The mail store could not \(operation) \(path): \(reason). Check that the data directory is writable and its disk is not full, then try again."
    }
}
