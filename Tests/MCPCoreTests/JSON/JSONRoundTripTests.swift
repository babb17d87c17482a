import Foundation
import MCPCore
import TestSupport
import Testing

@Suite struct JSONRoundTripTests {
    @Test func whatIsWrittenIsReadAgain() throws {
        forSeeds(2000) { random in
            let value = JSONValue.random(depth: 5, using: &random)
            for options in [[], .pretty, .sortedKeys] as [JSONWriter.Options] {
                let bytes = value.serialized(options)
                let again = try JSONValue(parsing: bytes)
                try hold(again == value && again.hashValue == value.hashValue, "\(value.serializedString) reads back as \(again.serializedString)")
                try hold(options == .sortedKeys || again.serialized(options) == bytes, "\(value.serializedString) is written in other bytes again")
            }
            let canonical = value.canonicalBytes
            try hold(JSONValue(parsing: canonical).canonicalBytes == canonical, "\(value.serializedString) has two canonical forms")
        }
    }

    /// Bytes are changed, doubled, dropped and moved; whatever is then still accepted is the same after a round trip.
    @Test func mutatedDocumentsNeverCrash() throws {
        var random = SeededGenerator(seed: 2)
        var seeds = (JSONDocuments.structures + JSONDocuments.strings).map(\.bytes)
        for _ in 0..<100 { seeds.append(JSONValue.random(depth: 4, using: &random).serialized()) }
        let likely = Array("{}[]\",:\\ue+-.0919 \n\u{1}tfn".utf8) + [0x80, 0xC0, 0xE2, 0xED, 0xF0, 0xF4, 0xFF]
        var accepted = 0
        var agreed = 0
        for round in 0..<20_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes[place] = likely.randomElement(using: &random) ?? 0
                case 2: bytes.insert(likely.randomElement(using: &random) ?? 0, at: place)
                case 3: bytes.remove(at: place)
                default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
                }
            }
            // Memory of exactly this size, so that a sanitizer sees a read beyond it.
            let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            defer { exact.deallocate() }
            exact.copyBytes(from: bytes)
            do throws(JSONParsingError) {
                let value = try JSONValue(parsing: UnsafeRawBufferPointer(exact))
                accepted += 1
                #expect(try JSONValue(parsing: value.serialized()) == value)
                // Where both accept it, both read the same.
                if let read = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed), !value.isReadDifferentlyByFoundation {
                    agreed += 1
                    #expect(agrees(value, read), "\(value.serializedString)")
                }
            } catch {
                #expect(error.offset <= bytes.count)
                #expect(error.line >= 1 && error.column >= 1 && !error.message.isEmpty)
            }
        }
        #expect(accepted > 500 && agreed > 400)
    }

    @Test func foundationReadsTheSame() throws {
        forSeeds(500) { random in
            let value = JSONValue.random(depth: 4, using: &random)
            if value.isReadDifferentlyByFoundation { return }
            let read = try JSONSerialization.jsonObject(with: Data(value.serialized()), options: .fragmentsAllowed)
            try hold(agrees(value, read), value.serializedString)
        }
        for document in JSONDocuments.structures + JSONDocuments.strings {
            let read = try JSONSerialization.jsonObject(with: Data(document.bytes), options: .fragmentsAllowed)
            if document.value.isReadDifferentlyByFoundation { continue }
            #expect(agrees(document.value, read), "\(document)")
        }
    }

    @Test func whatFoundationWritesIsRead() throws {
        forSeeds(500) { random in
            let value = JSONValue.random(depth: 4, using: &random)
            if value.isReadDifferentlyByFoundation { return }
            let object = try JSONSerialization.jsonObject(with: Data(value.serialized()), options: .fragmentsAllowed)
            let written = try JSONSerialization.data(withJSONObject: object, options: .fragmentsAllowed)
            try hold(agrees(JSONValue(parsing: written), object), value.serializedString)
        }
    }

    private func agrees(_ value: JSONValue, _ object: Any) -> Bool {
        switch value {
        case .null: return object is NSNull
        case .bool(let bool): return object as? Bool == bool
        case .integer(let integer): return (object as? NSNumber)?.int64Value == integer
        case .double, .number:
            // Foundation goes through a decimal type and misses the nearest double by a few units in the last place.
            guard let number = value.double, let read = (object as? NSNumber)?.doubleValue else { return false }
            return abs(number - read) <= abs(number) * 1e-14
        case .string(let string): return (object as? String).map { Array($0.utf8) == Array(string.utf8) } ?? false
        case .array(let elements):
            guard let array = object as? [Any], array.count == elements.count else { return false }
            return zip(elements, array).allSatisfy { agrees($0, $1) }
        case .object(let members):
            guard let dictionary = object as? [String: Any], dictionary.count == members.count else { return false }
            return members.allSatisfy { member in dictionary[member.key].map { agrees(member.value, $0) } ?? false }
        }
    }
}

extension JSONValue {
    /// Foundation takes canonically equivalent names for one, leaves out U+FEFF, and loses numbers at the ends of `Double`.
    fileprivate var isReadDifferentlyByFoundation: Bool {
        switch self {
        case .string(let text): text.unicodeScalars.contains("\u{FEFF}")
        case .double, .number: double.map { !$0.isFinite || $0.isSubnormal || $0.magnitude > 1e307 } ?? true
        case .array(let elements): elements.contains(where: \.isReadDifferentlyByFoundation)
        case .object(let members):
            Set(members.keys).count != members.count
                || members.contains { $0.key.unicodeScalars.contains("\u{FEFF}") || $0.value.isReadDifferentlyByFoundation }
        default: false
        }
    }
}
