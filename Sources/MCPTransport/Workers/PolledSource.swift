import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Something that waits until a descriptor can be read.
public protocol PolledSource: AnyObject, Sendable {
    var descriptor: Int32 { get }
    /// The descriptor can be read, or has ended. It is not waited for any more until that is asked for again. Called on a thread of the pool, which must not be blocked.
    func becameReadable()
}

extension WorkerPool {
    /// Waits, once, until the source can be read. A thread that has nothing to run does it; nobody else is woken for it.
    /// - Returns: Whether it is waited for; not where the system gave the pool no pipe.
    @discardableResult public func poll(_ source: any PolledSource) -> Bool {
        guard kick != nil else { return false }
        let wake = state.withLock { state -> Wake in
            state.polling.sources.append(source)
            // Whoever polls does not know of this one.
            if state.polling.isUnderWay { return Wake(whom: .poller) }
            return state.wakeIfAllRest(maximumThreads)
        }
        perform(wake)
        return true
    }

    /// Waits for it no more. The descriptor may be closed then.
    public func stopPolling(_ source: any PolledSource) {
        let isPolled = state.withLock { state in
            state.polling.sources.removeAll { $0 === source }
            return state.polling.isUnderWay
        }
        // The system keeps what is polled open.
        if isPolled { kick?.kick() }
    }

    func poll(_ sources: [any PolledSource], waits: Bool) {
        var descriptors = sources.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        descriptors.append(pollfd(fd: kick?.reading ?? -1, events: Int16(POLLIN), revents: 0))
        // A signal ends it early: then it is begun anew.
        let found = SystemPoll.poll(&descriptors, nfds_t(descriptors.count), waits ? -1 : 0)
        if found > 0, descriptors[sources.count].revents != 0 { kick?.clear() }
        let (ready, wakesWatch) = state.withLock { state -> ([any PolledSource], Bool) in
            state.polling.isUnderWay = false
            if waits { state.active += 1 }
            guard found > 0 else { return ([], state.beginWatch()) }
            var ready: [any PolledSource] = []
            for (source, descriptor) in zip(sources, descriptors) where descriptor.revents != 0 {
                // Whoever is not waited for any more is left alone.
                guard let index = state.polling.sources.firstIndex(where: { $0 === source }) else { continue }
                ready.append(state.polling.sources.remove(at: index))
            }
            return (ready, state.beginWatch())
        }
        if wakesWatch { startWatch() }
        for source in ready { source.becameReadable() }
    }

    struct Polling {
        /// Those that are waited for.
        var sources: [any PolledSource] = []
        /// A thread polls.
        var isUnderWay = false
        /// Threads that run jobs are to look in between.
        var isDue = false
        /// The system gave no thread to poll, and will be asked again.
        var isAskedForLater = false
        /// How often it has been begun.
        var count = 0

        mutating func begin() -> [any PolledSource] {
            isUnderWay = true
            isDue = false
            count += 1
            return sources
        }
    }
}

/// The call of the system: inside a class with a method of this name Swift does not find it.
enum SystemPoll {
    static func poll(_ descriptors: UnsafeMutablePointer<pollfd>, _ count: nfds_t, _ timeout: Int32) -> Int32 {
        #if canImport(Darwin)
        Darwin.poll(descriptors, count, timeout)
        #elseif canImport(Glibc)
        Glibc.poll(descriptors, count, timeout)
        #else
        Musl.poll(descriptors, count, timeout)
        #endif
    }
}
