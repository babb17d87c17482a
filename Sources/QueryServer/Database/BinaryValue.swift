import Foundation
import MCPCore

/// Bytes of a BLOB or bytea as a JSON value: `{"base64": "…"}`, which no text can be mistaken for.
enum BinaryValue {
    static func json(_ bytes: [UInt8]) -> JSONValue {
        .object(["base64": .string(Data(bytes).base64EncodedString())])
    }
}
