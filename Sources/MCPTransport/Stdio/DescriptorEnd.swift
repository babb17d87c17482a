import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A descriptor that is closed once, at the latest with the last reference to it.
final class DescriptorEnd: Sendable {
    let descriptor: Int32
    private let isOpen = Mutex(true)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Takes a descriptor and, where its number is that of a standard stream, which may be closed in this process, moves it: the child gets other
    /// descriptors in those places.
    convenience init(aboveStandardStreams descriptor: Int32) throws(SystemError) {
        guard descriptor <= STDERR_FILENO else {
            self.init(descriptor)
            return
        }
        let moved = try SystemCall.duplicate(descriptor)
        systemClose(descriptor)
        self.init(moved)
    }

    deinit { close() }

    func close() {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        if wasOpen { systemClose(descriptor) }
    }
}

private func systemClose(_ descriptor: Int32) { _ = close(descriptor) }
