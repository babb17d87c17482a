// Sends messages into an embedded mailbox until it is killed, and says on standard output which ones were accepted.
//
//     mail-store-writer DATA-DIRECTORY FIRST-NUMBER

import EmailServer
import Foundation

let directory = CommandLine.arguments[1]
var number = Int(CommandLine.arguments[2]) ?? 0
let mailbox = try EmbeddedMailbox(opening: directory, sampleMail: false, clock: { 1_700_000_000 })
while true {
    let message = try OutgoingMessage(
        to: ["reader@example.com"], subject: "Message \(number)", text: String(repeating: "Line of message \(number).\n", count: 40))
    let receipt = try await mailbox.send(message, account: nil, idempotencyKey: IdempotencyKey("key-\(number)"))
    FileHandle.standardOutput.write(Data("\(number) \(receipt.id) \(receipt.isRepeat)\n".utf8))
    number += 1
}
