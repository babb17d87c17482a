import Foundation
import MCPCore

// What a browser and the chat say to each other, as plain types. The web front turns them into JSON (`Web/ChatWire*`),
// the agent loop fills them; neither knows the other but through `ChatService`.
//
// The shape: a conversation is a list of entries with stable ids. `entry` adds an entry or replaces the one of the same
// id; `text` appends to the text of an assistant message. So a snapshot, a live stream and a replay are read by the same
// few lines, and replaying too much does no harm.

/// The door of the chat: what the web front calls.
protocol ChatService: Sendable {
    /// Serves one open page (one WebSocket) until its commands end; the page sends `hello` first.
    ///
    /// A turn that runs does not belong to a page: it goes on when the page is closed or reloaded, and is ended only by
    /// `stop`. Commands that take long (a turn) must not hold up the commands after them.
    func serve(_ page: ChatPage) async

    /// Whether the chat can answer, for `/readyz`: the store opens, the model is reachable, servers are connected.
    func readiness() async -> ChatReadiness

    /// Takes a browser that an authorization server has sent back.
    func finishSignIn(_ redirect: SignInRedirect) async -> SignInRedirect.Answer
}

/// One open page.
struct ChatPage: Sendable {
    /// Whose page it is: conversations belong to a user and are shown to no other.
    let user: ChatUser
    /// What the page asks for, in order; ends when the page is gone.
    let commands: AsyncStream<ChatCommand>
    /// Where the browser finds the chat, `https://chat.example.org`; where a sign-in has to come back to.
    var origin = ""
    /// Hands an event to the page. Never blocks and never fails: a page that falls too far behind is cut off, connects
    /// again and asks for what it missed. Call it in order of `sequence`.
    let deliver: @Sendable (ChatEvent) -> Void
}

/// The person (or, without accounts, the browser) that a page belongs to.
struct ChatUser: Sendable, Hashable {
    /// A stable, opaque id.
    var id: String
    /// What to show, where there are accounts.
    var name: String?
}

struct ChatReadiness: Sendable, Hashable {
    struct Part: Sendable, Hashable {
        /// For example `store`, `model`, `server shop`.
        var name: String
        var isReady: Bool
        /// What is wrong and what to do, or what is running.
        var detail: String
    }
    /// False when the chat cannot answer at all. A missing MCP server alone does not make it false.
    var isReady: Bool
    var parts: [Part]
}

// MARK: - Commands (browser to chat)

enum ChatCommand: Sendable, Hashable {
    /// First command of every connection. The answer: `welcome`, `conversations`, and for a conversation either the events
    /// after `lastSequence`, where the service still holds all of them, or one `snapshot`.
    /// `lastSequence` is nil on a fresh page. An id that does not exist (any more) gets `conversationDeleted`.
    case hello(conversation: String?, lastSequence: Int?)
    /// A message. Without a conversation one is created: a `snapshot` of it comes first, then the entry.
    /// A `clientMessageID` that was seen before (a resend after a broken line) adds nothing; the answer is a `snapshot`. In both cases
    /// `receipt` says which message the snapshot is about, so that a page with several new chats can tell them apart.
    case send(conversation: String?, text: String, clientMessageID: String)
    /// Ends the running turn; what was written so far stays.
    case stop(conversation: String)
    /// Replaces the last user message, drops what followed it, and answers anew (`truncate`, then `entry`).
    case editLast(conversation: String, text: String, clientMessageID: String)
    /// Repeats the last turn after an error or a stop, without a new message.
    case retry(conversation: String)
    case approve(conversation: String, callID: String, decision: ApprovalDecision)
    /// Cancels one running tool call; the turn goes on.
    case cancelCall(conversation: String, callID: String)
    /// Runs a failed call again; offered only where `ToolCall.canRetry`.
    case retryCall(conversation: String, callID: String)
    case answerElicitation(conversation: String, id: String, answer: ElicitationAnswer)
    /// Leaves the conversation: no more events of it to this page. (One is created by the first message.)
    case newConversation
    /// Shows a conversation on this page: answered with its `snapshot`, then its events as they happen.
    case openConversation(id: String)
    case renameConversation(id: String, title: String)
    case deleteConversation(id: String)
    case listConversations
    case search(query: String)
    /// Begins the sign-in to a server that needs one. The answer is `signInPage` with the page to go to; the browser comes back to the
    /// conversation. Where it cannot be begun: `commandFailed`; where it fails later, the server's health says why.
    case signIn(server: String, conversation: String?)
    /// Forgets the tokens for a server.
    case signOut(server: String)
}

enum ApprovalDecision: String, Sendable, Hashable, CaseIterable {
    case allowOnce, allowInChat, deny
}

/// The answer to an elicitation (MCP, client/elicitation).
enum ElicitationAnswer: Sendable, Hashable {
    /// `content` is nil for a question in URL mode: it says that the user agreed to open the address.
    case accept(content: JSONObject?)
    case decline
    case cancel
}

// MARK: - Events (chat to browser)

struct ChatEvent: Sendable, Hashable {
    /// The conversation it belongs to; nil for events about the whole line (`welcome`, `servers`, …).
    var conversation: String?
    /// Rises by one with each event of a conversation, from 1, across restarts of the process as well as can be: a page
    /// that asks for events after a sequence the service does not know gets a snapshot. 0 for events without a
    /// conversation. A snapshot carries the sequence of the last event that it contains.
    var sequence: Int
    var content: Content

    enum Content: Sendable, Hashable {
        // The whole line.
        case welcome(ChatEnvironment)
        case servers([ServerHealth])
        case model(ModelInfo)
        case limits(ChatLimits)
        /// All conversations of the user, newest first.
        case conversations([ConversationSummary])
        /// One was created, renamed or had a new message. Goes to every page of the user.
        case conversationChanged(ConversationSummary)
        case conversationDeleted(id: String)
        case searchResults(query: String, hits: [SearchHit])
        /// Where the reader signs in to a server: the page goes there. It is meant for the browser that asked, and for no other.
        case signInPage(server: String, url: String)
        /// A command failed before it changed anything (`clientMessageID` where it was a message: its text is kept in the
        /// composer).
        case commandFailed(ChatFailure, clientMessageID: String?)

        // One conversation.
        case snapshot(ConversationSnapshot)
        /// Adds the entry, or replaces the one of the same id.
        case entry(ChatEntry)
        /// Appends to the text of the assistant message of that id.
        case text(messageID: String, delta: String)
        /// Progress of a running call, as its server reports it.
        case progress(callID: String, ToolProgress)
        /// Drops the entry of that id and all after it.
        case truncate(from: String)
        case turnStarted
        case turnFinished(StopReason, TokenUsage?)
    }
}

/// What a page needs to know before anything is asked.
struct ChatEnvironment: Sendable, Hashable {
    var user: ChatUser
    var model: ModelInfo
    var servers: [ServerHealth]
    var limits: ChatLimits
    /// Questions to click on the empty page (four fit), from the configuration.
    var suggestions: [String]
}

struct ModelInfo: Sendable, Hashable {
    var name: String
    /// The built-in model answers, because none is configured. The page says so and how to configure one.
    var isDemonstration: Bool
    /// Set while the model cannot be reached.
    var failure: ChatFailure?
}

struct ServerHealth: Sendable, Hashable {
    enum State: String, Sendable, Hashable {
        case connecting, ready, down
        /// It demands authorization, and waits for a person. What it offers, where that is known already, waits too.
        case needsSignIn
    }
    /// The name in the configuration, which is also the first part of `server.tool`.
    var name: String
    /// What the server calls itself.
    var title: String?
    var state: State
    /// Names of its tools. While it is down: those that are missing, as far as they were known.
    var tools: [String]
    /// Why it is down, or why the last sign-in did not succeed, and what to do.
    var failure: ChatFailure?
    /// The host where a person signs in, while one has to.
    var signInHost: String? = nil
    /// Whether requests carry a token that a sign-in has brought, which the page offers to forget.
    var isSignedIn = false
}

/// What a browser brings back from an authorization server.
struct SignInRedirect: Sendable {
    /// The browser's id, from its cookie.
    var browser: String?
    /// Path and query, as they were asked for.
    var path: String
    var query: String
    /// The value of `state`.
    var state: String

    enum Answer: Sendable, Hashable {
        /// It belongs to the sign-in that is under way, which goes on: the browser goes to this path.
        case taken(returnTo: String)
        /// No sign-in that is under way has this `state`.
        case unknown
        /// The sign-in was begun in another browser.
        case otherBrowser
        /// It came to the address of another authorization server than the one that was asked (RFC 9700 section 4.4).
        case otherIssuer
    }
}

struct ChatLimits: Sendable, Hashable {
    /// Longest message, in characters.
    var messageCharacters: Int
    /// Set while the user may not send: when that ends.
    var limitedUntil: Date?
}

/// What went wrong, for the reader. Each part is a sentence.
struct ChatFailure: Error, Sendable, Hashable {
    /// What happened: "The model did not answer."
    var what: String
    /// Why, as far as it is known: "The connection to http://127.0.0.1:9 was refused."
    var why: String
    /// What the reader can do now: "Start it, then press Retry."
    var whatNow: String
    /// Repeating may help and does no harm: the page offers Retry.
    var isRetryable: Bool
}

// MARK: - Conversations

struct ConversationSummary: Sendable, Hashable {
    var id: String
    var title: String
    var createdAt: Date
    var updatedAt: Date
}

struct ConversationSnapshot: Sendable, Hashable {
    var summary: ConversationSummary
    /// In the order in which they are shown.
    var entries: [ChatEntry]
    /// Whether a turn runs (the page shows Stop).
    var isRunning: Bool
    /// Sum of the conversation so far, where the model reports it.
    var usage: TokenUsage?
    /// The page's message that it answers, where it answers one.
    var receipt: MessageReceipt?
}

/// Where a message of the page stands.
struct MessageReceipt: Sendable, Hashable {
    var clientMessageID: String
    /// It was taken before: nothing follows.
    var isRepeated: Bool
}

struct SearchHit: Sendable, Hashable {
    var conversation: ConversationSummary
    var entryID: String
    /// Plain text around the match.
    var snippet: String
}

enum StopReason: String, Sendable, Hashable {
    case complete, stopped, roundLimit, outputLimit, failed
}

struct TokenUsage: Sendable, Hashable {
    var inputTokens: Int
    var outputTokens: Int

    static func + (one: TokenUsage, other: TokenUsage) -> TokenUsage {
        TokenUsage(inputTokens: one.inputTokens.adding(other.inputTokens), outputTokens: one.outputTokens.adding(other.outputTokens))
    }
}

extension Int {
    /// The sum, or the largest number where it would be larger.
    func adding(_ other: Int) -> Int {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other > 0 ? .max : .min) : sum
    }
}

// MARK: - Entries

/// One thing in the transcript. Ids are unique in a conversation.
enum ChatEntry: Sendable, Hashable {
    case user(UserMessage)
    case assistant(AssistantMessage)
    case tool(ToolCall)
    case elicitation(Elicitation)
    /// An error that ended a turn, kept where it happened.
    case failure(FailureNotice)

    var id: String {
        switch self {
        case .user(let message): message.id
        case .assistant(let message): message.id
        case .tool(let call): call.id
        case .elicitation(let question): question.id
        case .failure(let notice): notice.id
        }
    }
}

struct UserMessage: Sendable, Hashable {
    var id: String
    /// Made by the page, so that it knows its own message again.
    var clientMessageID: String
    var text: String
    var at: Date
}

struct AssistantMessage: Sendable, Hashable {
    enum State: String, Sendable, Hashable {
        case streaming, done
        /// The user stopped it.
        case stopped
        /// The line to the model broke; the text so far is kept.
        case broken
    }
    var id: String
    /// Markdown.
    var text: String
    var state: State
    var at: Date
}

struct FailureNotice: Sendable, Hashable {
    var id: String
    var failure: ChatFailure
    var at: Date
}

/// One call of a tool: its card. Sent again as an `entry` at every change of state.
struct ToolCall: Sendable, Hashable {
    enum State: String, Sendable, Hashable {
        /// Asks the user (`question` is set).
        case waiting
        case running, done
        /// The user said no. Kept.
        case denied
        /// The tool reported an error (`result.isError`), or the call did not come about (`failure`).
        case failed
        /// Cancelled by the user, or by stopping the turn.
        case cancelled
    }

    /// Why it asks, and what the buttons mean.
    struct Question: Sendable, Hashable {
        /// In the user's words: "Send this email?"
        var text: String
        /// Why it asks: "email.send_email changes something outside this chat."
        var why: String
        /// It may destroy something: Deny has the focus, and "in this chat" is not offered first.
        var isDestructive: Bool
    }

    var id: String
    /// Name of the server in the configuration; the card shows `server.tool`.
    var server: String
    /// The tool's own name, not the name that the model was given.
    var tool: String
    /// The tool's title, where it has one.
    var title: String?
    var arguments: JSONValue
    var state: State
    var question: Question?
    var progress: ToolProgress?
    var result: ToolResult?
    /// What prevented the call, where no result came: the server died, the arguments do not fit, a time-out.
    var failure: ChatFailure?
    /// Repeating is harmless (read-only or idempotent) and the state is `failed`: the card offers Retry.
    var canRetry: Bool
    var at: Date
    /// When it began to run (after approval).
    var startedAt: Date?
    /// How long it ran, in milliseconds, once it ended.
    var elapsedMilliseconds: Int?
}

struct ToolProgress: Sendable, Hashable {
    var completed: Double
    /// Nil where the server does not know.
    var total: Double?
    var message: String?
}

/// A tools/call result as it came (MCP, server/tools).
struct ToolResult: Sendable, Hashable {
    /// Content blocks as they stand on the wire: `{"type": "text", "text": …}` and so on.
    var content: [JSONValue]
    var structuredContent: JSONValue?
    var isError: Bool
}

/// A question from a server (MCP, client/elicitation).
struct Elicitation: Sendable, Hashable {
    enum Mode: Sendable, Hashable {
        /// The requested schema: a flat object of primitives and enums.
        case form(schema: JSONValue)
        /// An outside page, opened only by a click.
        case url(String)
    }
    enum State: String, Sendable, Hashable {
        case waiting, accepted, declined, cancelled
        /// The asker is gone (call cancelled, server died, turn stopped).
        case closed
    }
    var id: String
    var server: String
    /// The tool that asks, where it is known.
    var tool: String?
    var message: String
    var mode: Mode
    var state: State
    /// What was sent, once accepted.
    var content: JSONObject?
    var at: Date
}
