import TestSupport
import Testing

@testable import MCPCore

/// Strings of names that are shared, and comparisons that look at words first.
struct JSONNamesTests {
    /// One that met another in its place would be made anew in each message.
    @Test func everyNameHasItsPlace() {
        let names = JSONNames()
        for name in JSONNames.all {
            let found = Array(name.utf8).withUnsafeBufferPointer { bytes -> String? in
                guard let start = bytes.baseAddress else { return nil }
                let text = JSONText(start: start, count: bytes.count, isASCII: true, isInDocument: false)
                return names.string(text, fingerprint: text.fingerprint)
            }
            #expect(found == name)
        }
    }

    @Test func aNameIsTakenForNoOther() throws {
        for name in JSONNames.all {
            for other in [name + "x", String(name.dropLast()), String(name.dropFirst()), name.uppercased(), "x" + name.dropFirst()] where other != name {
                let object = try #require(try JSONValue(parsing: #"{"\#(other)":1,"\#(name)":2}"#).object)
                #expect(object.keys == [other, name])
                #expect(object[other] == 1 && object[name] == 2)
            }
        }
    }

    /// `hasSameBytes` compares words of the string's own form: strings that were made in different ways, of every length around the one up to which they are short.
    @Test func stringsOfTheSameBytesAreTheSame() {
        forSeeds(200) { random in
            let letters = ["a", "b", "é", "\u{0}", "漢", "😀"]
            var text = ""
            for _ in 0..<Int.random(in: 0...18, using: &random) { text += letters.randomElement(using: &random) ?? "" }
            let bytes = Array(text.utf8)
            var grown = String(repeating: "x", count: 40)
            grown.removeAll(keepingCapacity: true)
            grown += text
            let made = [
                text, grown, String(decoding: bytes, as: UTF8.self), String(String(("-" + text + "-").dropFirst().dropLast())),
                String(unsafeUninitializedCapacity: 64) { buffer in
                    for (index, byte) in bytes.enumerated() { buffer[index] = byte }
                    return bytes.count
                },
            ]
            for one in made {
                for other in made { try hold(one.hasSameBytes(as: other), "\(bytes)") }
                guard let last = bytes.last else { continue }
                for byte in [last ^ 1, last &+ 1] where byte < 0x80 && last < 0x80 {
                    let other = String(decoding: bytes.dropLast() + [byte], as: UTF8.self)
                    try hold(!one.hasSameBytes(as: other) && !other.hasSameBytes(as: one), "\(bytes)")
                }
                try hold(!one.hasSameBytes(as: one + "a"), "\(bytes)")
            }
        }
    }

    @Test func mergingIsSettingEachMember() {
        forSeeds(100) { random in
            func object(_ random: inout SeededGenerator) -> JSONObject {
                let count = Int.random(in: 0...20, using: &random)
                return JSONObject(
                    (0..<count).map { _ in
                        ("name \(Int.random(in: 0...30, using: &random))", JSONValue.integer(Int64.random(in: 0...9, using: &random)))
                    })
            }
            let (one, other) = (object(&random), object(&random))
            var (merged, set) = (one, one)
            merged.merge(other)
            for (name, value) in other { set[name] = value }
            try hold(merged == set && merged.keys == set.keys, "\(one) \(other)")
            for name in set.keys { try hold(merged[name] == set[name], name) }
        }
    }
}
