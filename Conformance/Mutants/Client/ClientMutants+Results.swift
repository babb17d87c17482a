import AsyncHTTPClient
import Foundation
import MCPCore
import Synchronization

extension ClientMutant {
    /// Faults in reading what the server sends.
    static let results = [
        ClientMutant("no-resumption", "Does not take a lost stream up again.") { $0.maximumResumptions = 0 },
        ClientMutant("schemas-without-definitions", "Loses $defs of schemas.") {
            $0.response = { request, response in
                changeTools(request, &response) { tool in
                    guard var schema = tool["inputSchema"]?.object else { return }
                    schema["$defs"] = nil
                    tool["inputSchema"] = .object(schema)
                }
            }
        },
        ClientMutant("keeps-invalid-tools", "Keeps tools with an invalid x-mcp-header.") {
            $0.response = { request, response in
                changeTools(request, &response) { tool in
                    if tool["name"]?.string?.hasPrefix("invalid_") == true { tool["inputSchema"] = ["type": "object"] }
                }
            }
        },
        ClientMutant("fetches-references", "Fetches the URLs that schemas refer to.") {
            $0.response = { request, response in
                guard request.method == "tools/list", case .success(let result) = response.result else { return }
                for url in references(in: .object(result)) {
                    _ = try? await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(30))
                }
            }
        },
        ClientMutant("first-page-only", "Takes the first page of a list for the whole.") {
            $0.response = { request, response in
                if request.method.hasSuffix("/list") { response.changeResult { $0["nextCursor"] = nil } }
            }
        },
        ClientMutant("loses-letters", "Loses what is not ASCII.") {
            $0.response = { _, response in response.changeResult { $0 = ascii(.object($0)).object ?? [:] } }
        },
        ClientMutant("progress-of-all", "Takes the progress of any call for that of its own.") {
            let token = Mutex<JSONValue?>(nil)
            $0.request = { request, _ in
                if let own = request.params["_meta"]?["progressToken"] { token.withLock { $0 = own } }
            }
            $0.incoming = { message in
                guard case .notification(var notice) = message, notice.method == "notifications/progress" else { return message }
                notice.params["progressToken"] = token.withLock { $0 }
                return .notification(notice)
            }
        },
        ClientMutant("one-error-for-all", "Gives every error of a tool the same code.") {
            $0.response = { request, response in
                guard request.method == "tools/call", case .failure(let error) = response.result, error.code.rawValue == -32099 else { return }
                response.result = .failure(JSONRPCError(.internalError, error.message))
            }
        },
    ]

    private static func changeTools(_ request: JSONRPCRequest, _ response: inout JSONRPCResponse, _ change: (inout JSONObject) -> Void) {
        guard request.method == "tools/list" else { return }
        response.changeResult { result in
            let tools = result["tools"]?.array ?? []
            result["tools"] = .array(
                tools.map { tool in
                    var tool = tool.object ?? [:]
                    change(&tool)
                    return .object(tool)
                })
        }
    }

    private static func references(in value: JSONValue) -> [String] {
        switch value {
        case .object(let object):
            object.flatMap { $0.key == "$ref" && $0.value.string?.hasPrefix("http") == true ? [$0.value.string ?? ""] : references(in: $0.value) }
        case .array(let elements): elements.flatMap(references)
        default: []
        }
    }

    private static func ascii(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(String(text.map { $0.isASCII ? $0 : "?" }))
        case .array(let elements): .array(elements.map(ascii))
        case .object(let object): .object(JSONObject(object.map { ($0.key, ascii($0.value)) }))
        default: value
        }
    }
}
