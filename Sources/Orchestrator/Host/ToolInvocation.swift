import MCPAuthorization
import MCPTransport

/// One call of a tool: its progress and its questions go to the observer of the call.
struct ToolInvocation: Sendable {
    let client: Client
    let tool: ToolNameTable.Tool
    let observer: any ToolCallObserver
    /// Takes secrets out of what a failure quotes.
    var redact: @Sendable (String) -> String = { $0 }

    /// How long a call may be silent. A question waits for a person, who is not bound by it: the client stops the clock meanwhile.
    var timeout = Duration.seconds(120)
    private static let longest = Duration.seconds(3600)

    func run(_ arguments: JSONObject) async throws -> ToolResult {
        let (server, observer) = (tool.server, observer)
        let options = RequestOptions(
            timeout: timeout, maximumTime: Self.longest,
            progress: { update in
                await observer.progress(ToolProgress(completed: update.progress, total: update.total, message: update.message))
            },
            elicit: { request in
                let mode: Elicitation.Mode =
                    switch request.mode {
                    case .form(let schema): .form(schema: .object(schema))
                    case .url(let url): .url(url)
                    }
                return switch await observer.answer(to: ServerQuestion(server: server, message: request.message, mode: mode)) {
                case .accept(let content): .accept(content ?? [:])
                case .decline: .decline
                case .cancel: .cancel
                }
            })
        do {
            let result = try await client.callTool(tool.tool, arguments, options: options)
            return ToolResult(content: result.content.map(\.json), structuredContent: result.structuredContent, isError: result.isError)
        } catch let error as CancellationError {
            throw error
        } catch let error as JSONRPCError {
            throw ToolCallFailure.refused(code: error.code.rawValue, message: redact(error.message))
        } catch ClientError.unknownTool {
            throw ToolCallFailure.unknownTool(tool.displayName)
        } catch ClientError.timedOut(_, let duration) {
            throw ToolCallFailure.timedOut(server: server, seconds: Int(duration / .seconds(1)))
        } catch let error as AuthorizationError {
            throw ToolCallFailure.notSignedIn(server: server, why: redact("\(error)"))
        } catch let error as SignInProblem {
            throw ToolCallFailure.notSignedIn(server: server, why: redact("\(error)"))
        } catch let error as ClientError {
            throw ToolCallFailure.unusable(server: server, why: redact("\(error)"))
        } catch {
            throw ToolCallFailure.connectionLost(server: server, why: redact("\(error)"))
        }
    }
}
