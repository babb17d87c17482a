import Testing

@testable import MCPCore

/// The changes of a server on their way to one listener.
@Suite(.timeLimit(.minutes(1))) struct ChangeSubscriptionTests {
    private static let filter = SubscriptionFilter(toolsListChanged: true, resourceSubscriptions: ["a:1"])

    private static func all(_ subscription: ChangeSubscription) async -> [ServerChange] {
        var changes: [ServerChange] = []
        for await change in subscription { changes.append(change) }
        return changes
    }

    @Test func eachChangeOnceUntilItIsTakenAndNoneThatIsNotWanted() async {
        let subscription = ChangeSubscription(Self.filter, owner: nil)
        for _ in 0..<1000 { subscription.add(.toolsListChanged) }
        subscription.add(.promptsListChanged)
        subscription.add(.resourceUpdated(uri: "a:1"))
        subscription.add(.resourceUpdated(uri: "a:2"))
        subscription.finish()
        subscription.add(.toolsListChanged)
        #expect(await Self.all(subscription) == [.toolsListChanged, .resourceUpdated(uri: "a:1")])
    }

    @Test func aChangeIsNeverLostToAListenerThatIsAboutToWait() async {
        for turn in 0..<500 {
            let subscription = ChangeSubscription(Self.filter, owner: nil)
            let listening = Task { await Self.all(subscription) }
            for _ in 0..<(turn % 3) { await Task.yield() }
            subscription.add(.toolsListChanged)
            subscription.finish()
            #expect(await listening.value == [.toolsListChanged])
        }
    }

    @Test func aCancelledListenerEndsWheneverItIsCancelled() async {
        for turn in 0..<500 {
            let subscription = ChangeSubscription(Self.filter, owner: nil)
            let listening = Task { await Self.all(subscription) }
            for _ in 0..<(turn % 3) { await Task.yield() }
            listening.cancel()
            #expect(await listening.value.isEmpty)
        }
    }

    @Test func whoeverSubscribesBehindTheEndOfItsConnectionIsEndedAtOnce() async {
        let hub = SubscriptionHub()
        let (one, other) = (ConnectionID(), ConnectionID())
        let open = hub.subscribe(Self.filter, owner: one)
        hub.finish(owner: one)
        #expect(await Self.all(open).isEmpty)
        #expect(await Self.all(hub.subscribe(Self.filter, owner: one)).isEmpty)
        let stranger = hub.subscribe(Self.filter, owner: other)
        hub.publish(.toolsListChanged)
        hub.finishAll()
        #expect(await Self.all(stranger) == [.toolsListChanged])
        #expect(await Self.all(hub.subscribe(Self.filter, owner: other)).isEmpty)
    }

    @Test func whatEndsIsForgotten() async {
        let hub = SubscriptionHub()
        let subscription = hub.subscribe(Self.filter, owner: nil)
        #expect(hub.count == 1)
        hub.unsubscribe(subscription)
        #expect(hub.count == 0)
        do {
            let server = Server("s", version: "1")
            let changes = server.changes(of: ConnectionID())
            let listening = Task { for await _ in changes {} }
            while server.kernel.subscriptions.count == 0 { await Task.yield() }
            listening.cancel()
            await listening.value
            #expect(server.kernel.subscriptions.count == 0)
        }
    }

    @Test func anUpdateIsOfferedToThoseThatWatchTheResource() async {
        let hub = SubscriptionHub()
        let (one, other) = (ConnectionID(), ConnectionID())
        #expect(one.watch("a:1", limit: 8))
        let first = hub.subscribe(session: one)
        let second = hub.subscribe(session: other)
        let listening = hub.subscribe(SubscriptionFilter(resourceSubscriptions: ["a:1", "a:1"]), owner: nil)
        #expect(hub.watcherCount(of: "a:1") == 2)
        #expect(hub.watcherCount(of: "a:2") == 0)
        #expect(other.watch("a:2", limit: 1))
        #expect(!other.watch("a:3", limit: 1))
        #expect(hub.watcherCount(of: "a:2") == 1)
        #expect(hub.watcherCount(of: "a:3") == 0)
        for uri in ["a:1", "a:2", "a:3"] { hub.publish(.resourceUpdated(uri: uri)) }
        other.unwatch("a:2")
        #expect(hub.watcherCount(of: "a:2") == 0)
        hub.publish(.resourceUpdated(uri: "a:2"))
        for subscription in [first, second, listening] { hub.unsubscribe(subscription) }
        #expect(hub.watcherCount(of: "a:1") == 0)
        #expect(await Self.all(first) == [.resourceUpdated(uri: "a:1")])
        #expect(await Self.all(second) == [.resourceUpdated(uri: "a:2")])
        #expect(await Self.all(listening) == [.resourceUpdated(uri: "a:1")])
        // What is watched behind the end is kept by nobody.
        #expect(one.watch("a:9", limit: 8))
        #expect(hub.watcherCount(of: "a:9") == 0)
    }
}
