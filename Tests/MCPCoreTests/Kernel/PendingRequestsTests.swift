import MCPCore
import Synchronization
import Testing

/// Requests of the server to its client: whatever comes first, the caller gets one outcome.
@Suite(.timeLimit(.minutes(1))) struct PendingRequestsTests {
    private static func response(_ id: RequestID) -> JSONRPCResponse { JSONRPCResponse(id: id, ["id": id.json]) }

    private static func id(_ message: JSONRPCMessage) -> RequestID? {
        if case .request(let request) = message { request.id } else { nil }
    }

    @Test func aResponseMayComeBeforeTheRequestIsSent() async throws {
        let requests = PendingRequests()
        for _ in 0..<200 {
            let result = try await requests.request("m", params: [:]) { message in
                let id = try #require(Self.id(message))
                #expect(requests.resolve(Self.response(id)))
            } cancelled: { _ in
                Issue.record("nobody cancelled")
            }
            #expect(result["id"] != nil)
        }
    }

    @Test func everyCallerGetsItsOwnResponse() async throws {
        let requests = PendingRequests()
        let (sent, channel) = AsyncStream.makeStream(of: RequestID.self)
        let client = Task {
            var waiting: [RequestID] = []
            for await id in sent {
                waiting.append(id)
                guard waiting.count == 50 else { continue }
                for id in waiting.shuffled() { requests.resolve(Self.response(id)) }
                waiting = []
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<500 {
                group.addTask {
                    let own = Mutex<RequestID?>(nil)
                    let result = try await requests.request("m", params: [:]) { message in
                        let id = try #require(Self.id(message))
                        own.withLock { $0 = id }
                        channel.yield(id)
                    } cancelled: { _ in
                    }
                    let asked = own.withLock(\.self)
                    #expect(result["id"] == asked?.json)
                }
            }
            try await group.waitForAll()
        }
        channel.finish()
        await client.value
    }

    @Test func aFailureToSendIsTheOutcome() async {
        let requests = PendingRequests()
        for _ in 0..<200 {
            await #expect(throws: TransportError.self) {
                _ = try await requests.request("m", params: [:]) { _ in
                    throw TransportError.closed("gone")
                } cancelled: { _ in
                }
            }
        }
    }

    @Test func aCancelledCallerIsReleasedWheneverItIsCancelled() async {
        let requests = PendingRequests()
        for turn in 0..<1000 {
            let told = Mutex(0)
            let caller = Task {
                try await requests.request("m", params: [:]) { _ in
                } cancelled: { _ in
                    told.withLock { $0 += 1 }
                }
            }
            for _ in 0..<(turn % 4) { await Task.yield() }
            caller.cancel()
            await #expect(throws: CancellationError.self) { try await caller.value }
            #expect(told.withLock(\.self) <= 1)
        }
    }

    @Test func aRequestThatNeverWentOutIsNotTakenBack() async {
        let caller = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await PendingRequests().request("m", params: [:]) { _ in
                Issue.record("sent by a cancelled task")
            } cancelled: { _ in
                Issue.record("taken back without having been sent")
            }
        }
        await #expect(throws: CancellationError.self) { try await caller.value }
    }

    @Test func theEndReleasesAllAndWhoeverComesLater() async {
        let requests = PendingRequests()
        let callers = (0..<100).map { _ in
            Task {
                try await requests.request("m", params: [:]) { _ in
                } cancelled: { _ in
                }
            }
        }
        for _ in 0..<3 { await Task.yield() }
        requests.close(TransportError.closed("the end"))
        for caller in callers { await #expect(throws: TransportError.closed("the end")) { try await caller.value } }
        await #expect(throws: TransportError.closed("the end")) {
            _ = try await requests.request("m", params: [:]) { _ in
                Issue.record("sent behind the end")
            } cancelled: { _ in
            }
        }
    }

    @Test func aResponseThatNobodyWaitsForIsKnownAsOne() async throws {
        let requests = PendingRequests()
        #expect(!requests.resolve(Self.response(1)))
        #expect(!requests.resolve(JSONRPCResponse(id: nil, JSONRPCError(.internalError, "x"))))
        _ = try await requests.request("m", params: [:]) { message in
            let id = try #require(Self.id(message))
            #expect(requests.resolve(Self.response(id)))
            #expect(!requests.resolve(Self.response(id)), "the first counts")
        } cancelled: { _ in
        }
    }
}
