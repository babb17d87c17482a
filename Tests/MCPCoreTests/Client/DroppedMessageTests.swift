import Testing

@testable import MCPCore

/// Whose answer was dropped, by its first bytes.
struct DroppedMessageTests {
    @Test(arguments: [
        (#"{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"xx"#, RequestID.integer(7)),
        (#"{ "jsonrpc" : "2.0" , "id" : "a" , "error" : {"code":-1,"message":"xx"#, .string("a")),
        (#"{"id":7,"jsonrpc":"2.0","result":"#, .integer(7)),
        // Its content comes first, it is a request, it answers nothing, it is no object of its own, it is no message.
        (#"{"jsonrpc":"2.0","result":{"a":1},"id":7}"#, nil),
        (#"{"jsonrpc":"2.0","id":7,"method":"roots/list","result":1"#, nil),
        (#"{"jsonrpc":"2.0","id":null,"error":{"#, nil),
        (#"{"jsonrpc":"2.0","method":"m","params":{"id":7,"result":1"#, nil),
        (#"[{"jsonrpc":"2.0","id":7,"result":1"#, nil),
        (#"{"jsonrpc":"2.0","id":"result"#, nil),
        (#""xxxxxxxxxx"#, nil),
        ("", nil),
    ])
    func answers(beginning: String, id: RequestID?) { #expect(DroppedMessage.answeredRequest(Array(beginning.utf8)) == id) }
}
