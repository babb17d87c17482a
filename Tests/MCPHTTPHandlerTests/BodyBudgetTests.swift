import MCPCore
import Testing

@testable import MCPHTTP

/// What listeners hold of bodies.
@Suite struct BodyBudgetTests {
    @Test func whatFindsNoRoomIsNotCounted() throws {
        let bodies = BodyBudget(limit: 10)
        #expect(bodies.take(6))
        #expect(!bodies.take(5))
        #expect(bodies.used == 6)
        #expect(bodies.take(4))
        bodies.giveBack(10)
        #expect(bodies.used == 0)
        #expect(BodyBudget.refusal.status == .serviceUnavailable)
        #expect(BodyBudget.refusal.headers[.retryAfter] == "1")
        #expect(try BodyBudget.refusal.errorCode == -32603)
    }

    @Test func theConfigurationSaysHowMany() throws {
        #expect(try HandlerProbe(HTTPHandlerConfiguration(maximumTotalBodyBytes: 7)).handler.bodies.limit == 7)
    }
}
