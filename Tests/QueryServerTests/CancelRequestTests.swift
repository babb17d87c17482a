import CLibPQ
import Foundation
import Testing

@testable import QueryServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct CancelRequestTests {
    /// A host that takes connections and never answers one: `PQcancel` waits for it until the listener goes.
    private final class SilentHost: Sendable {
        let port: Int
        private let listener: CInt

        init() throws {
            #if canImport(Glibc)
            listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            #else
            listener = socket(AF_INET, SOCK_STREAM, 0)
            #endif
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let descriptor = listener
            let isListening = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0 && getsockname(descriptor, $0, &length) == 0
                }
            }
            try #require(isListening)
            port = Int(UInt16(bigEndian: address.sin_port))
        }

        /// Waits for the next connection, which stays open until the end of the process's interest in it.
        func accepted() async -> CInt {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async { [listener] in continuation.resume(returning: accept(listener, nil, nil)) }
            }
        }

        deinit { close(listener) }
    }

    @Test(.timeLimit(.minutes(1))) func aRequestThatHangsHoldsNobody() async throws {
        let host = try SilentHost()
        let connection = try #require(PQconnectStart("host=127.0.0.1 port=\(host.port) user=x dbname=x sslmode=disable gssencmode=disable"))
        defer { PQfinish(connection) }
        let first = await host.accepted()
        // Until libpq has seen that it is connected, it has no address to send a request to.
        while PQstatus(connection) == CONNECTION_STARTED { _ = PQconnectPoll(connection) }
        let (given, giving) = AsyncStream.makeStream(of: Void.self)
        let cancel = try #require(CancelRequest(connection, patience: .milliseconds(20)) { giving.yield() })
        cancel.send()
        // The request is on its way.
        let second = await host.accepted()
        for await _ in given { break }
        #expect(await cancel.settled() == false)
        close(first)
        close(second)
    }

    @Test func whatIsNotUnderWayIsSettled() async throws {
        let host = try SilentHost()
        let connection = try #require(PQconnectStart("host=127.0.0.1 port=\(host.port) user=x dbname=x sslmode=disable gssencmode=disable"))
        defer { PQfinish(connection) }
        let cancel = try #require(CancelRequest(connection, patience: .seconds(600)) { Issue.record("nothing was to be given up") })
        #expect(await cancel.settled())
        cancel.send()
        #expect(await cancel.settled())
    }
}
