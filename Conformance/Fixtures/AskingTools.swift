import MCPMacros
import Synchronization

/// What the fixtures ask for.
@Schema struct UserName: Sendable {
    /// Your name.
    @Property(minLength: 1) var name: String
}

@Schema struct Confirmation: Sendable {
    /// Whether to go on.
    var confirm: Bool
    /// Why, in a few words.
    var reason: String?
}

@Schema enum Color: String, Sendable { case red, green, blue }

@Schema struct Taste: Sendable {
    /// The colour that you like best.
    var color: Color = .green
}

/// Tools that ask the user.
@Toolbox struct AskingTools {
    /// How often the step of `ask_twice` has run in this process.
    let steps: Counter

    /// Asks for a name, reserves a ticket, asks whether to keep it.
    @Tool("ask_twice") func askTwice(event: String, context: RequestContext) async throws -> String {
        guard case .accept(let user) = try await context.elicit("user", UserName.self, "Who goes to \(event)?") else {
            return "Nobody goes to \(event)."
        }
        let ticket = try await context.step("reserve") { steps.next() }
        switch try await context.elicit("confirm", Confirmation.self, "Keep ticket \(ticket) to \(event) for \(user.name)?") {
        case .accept(let answer) where answer.confirm: return "Ticket \(ticket) to \(event) is \(user.name)'s."
        case .accept: return "Ticket \(ticket) to \(event) is given back."
        case .decline: return "\(user.name) does not say whether to keep ticket \(ticket)."
        case .cancel: return "Ticket \(ticket) waits for \(user.name)."
        }
    }

    /// Asks for a name and a colour in one round.
    @Tool("ask_batch") func askBatch(context: RequestContext) async throws -> String {
        let (user, taste) = try await context.ask(
            .elicit("user", UserName.self, "What is your name?"), .elicit("taste", Taste.self, "Which colour do you like best?"))
        return "\(user.accepted?.name ?? "Somebody") likes \(taste.accepted?.color.rawValue ?? "no colour") best."
    }

    /// Asks two questions from concurrent children; they go out together.
    @Tool("ask_concurrently") func askConcurrently(context: RequestContext) async throws -> String {
        async let user = context.elicit("user", UserName.self, "What is your name?")
        async let taste = context.elicit("taste", Taste.self, "Which colour do you like best?")
        return "\(try await user.accepted?.name ?? "Somebody") likes \(try await taste.accepted?.color.rawValue ?? "no colour") best."
    }

    /// Asks with a message of the caller's.
    @Tool("test_elicitation") func elicitation(message: String, context: RequestContext) async throws -> String {
        switch try await context.elicit("answer", UserName.self, message) {
        case .accept(let user): "User response: \(user.name)"
        case .decline: "The user declined."
        case .cancel: "The user cancelled."
        }
    }

    /// Asks for a name.
    @Tool("test_input_required_result_elicitation") func inputRequired(context: RequestContext) async throws -> String {
        switch try await context.elicit("user_name", UserName.self, "What is your name?") {
        case .accept(let user): "Hello, \(user.name)!"
        case .decline, .cancel: "Hello, whoever you are!"
        }
    }
}

/// Counts in one process.
public final class Counter: Sendable {
    private let value = Mutex(0)
    public init() {}
    public func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
    public var count: Int { value.withLock(\.self) }
}
