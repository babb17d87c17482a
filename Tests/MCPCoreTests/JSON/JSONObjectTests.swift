import MCPCore
import TestSupport
import Testing

@Suite struct JSONObjectTests {
    /// The same work on an object as on a plain list of pairs, which has no index that could be wrong.
    @Test(arguments: [3, 16, 17, 40, 500])
    func behavesLikeAListOfPairs(names: Int) {
        var random = SeededGenerator(seed: UInt64(names))
        var object = JSONObject()
        var list: [(name: String, value: JSONValue)] = []
        for step in 0..<(names * 20) {
            let name = "name \(Int.random(in: 0..<names, using: &random))"
            let position = list.firstIndex { $0.name == name }
            #expect(object[name] == position.map { list[$0].value })
            switch (Int.random(in: 0..<10, using: &random), position) {
            case (0...5, let position?):
                object[name] = .integer(Int64(step))
                list[position].value = .integer(Int64(step))
            case (0...5, nil):
                object[name] = .integer(Int64(step))
                list.append((name, .integer(Int64(step))))
            case (6, let position?):
                object[name] = nil
                list.remove(at: position)
            case (7, let position?):
                #expect(object.removeValue(forKey: name) == list[position].value)
                list.remove(at: position)
            case (7, nil): #expect(object.removeValue(forKey: name) == nil)
            default: break
            }
            #expect(object.count == list.count)
        }
        #expect(object.keys == list.map(\.name))
        #expect(object.map(\.value) == list.map(\.value))
        for number in 0..<names {
            #expect(object["name \(number)"] == list.first { $0.name == "name \(number)" }?.value)
        }
    }

    @Test func copiesAreIndependent() {
        var one = JSONObject((0..<100).map { ("\($0)", .integer($0)) })
        let other = one
        one["5"] = nil
        one["7"] = "seven"
        one["new"] = nil
        #expect(other["5"] == 5 && other["7"] == 7 && other.count == 100)
        #expect(one["5"] == nil && one["7"] == "seven" && one["99"] == 99 && one.count == 99)
    }

    @Test func laterPairsReplaceEarlierOnes() {
        let object: JSONObject = ["a": 1, "b": 2, "a": 3]
        #expect(object.keys == ["a", "b"])
        #expect(object["a"] == 3)
        var merged = object
        merged.merge(["b": 4, "c": 5])
        #expect(merged == ["a": 3, "b": 4, "c": 5])
    }

    @Test func canonicallyEquivalentNamesAreDifferent() {
        for others in [0, 50] {
            var object = JSONObject((0..<others).map { ("other \($0)", .null) })
            object["\u{e9}"] = 1
            object["e\u{301}"] = 2
            #expect(object.count == others + 2)
            #expect(object["\u{e9}"] == 1)
            #expect(object["e\u{301}"] == 2)
        }
        #expect(JSONValue.string("\u{e9}") != JSONValue.string("e\u{301}"))
        #expect(JSONObject([("\u{e9}", 1)]) != JSONObject([("e\u{301}", 1)]))
        #expect(Set<JSONValue>(["\u{e9}", "e\u{301}", "\u{e9}"]).count == 2)
    }

    @Test func equalityIgnoresTheOrderOfMembers() {
        for count in [3, 100] {
            let pairs = (0..<count).map { ("\($0)", JSONValue.array([.integer(Int64($0))])) }
            let one = JSONObject(pairs)
            let other = JSONObject(pairs.reversed())
            #expect(one == other)
            #expect(one.hashValue == other.hashValue)
            #expect(JSONValue.object(one).canonicalBytes == JSONValue.object(other).canonicalBytes)
            var changed = other
            changed["1"] = .array([])
            #expect(one != changed)
            changed["1"] = nil
            #expect(one != changed)
            changed["x"] = .array([1])
            #expect(one != changed)
        }
    }

    @Test func kindsOfNumbersAreDifferent() {
        #expect(JSONValue.integer(1) != JSONValue.double(1))
        #expect(JSONValue.bool(true) != JSONValue.integer(1))
        #expect(JSONValue.null != JSONValue.bool(false))
        #expect(JSONValue.double(1).integer == 1)
        #expect(JSONValue.double(1.5).integer == nil)
        #expect(JSONValue.double(0x1p63).integer == nil)
        #expect(JSONValue.double(-0x1p63).integer == .min)
        #expect(JSONValue.double(.nan).integer == nil)
    }

    @Test(arguments: [2, 16, 17, 18, 64, 3000])
    func duplicatesAreFoundInObjectsOfEverySize(count: Int) throws {
        let names = (0..<count).map { "a name that is not short, number \($0)" }
        let members = names.map { "\"\($0)\":0" }
        let value = try JSONValue(parsing: "{\(members.joined(separator: ","))}")
        #expect(value.object?.keys == names)
        for name in names { #expect(value[name] == 0) }
        #expect(value["a name that is not short, number \(count)"] == nil)
        for repeated in [0, count / 2, count - 1] {
            let error = refusal(Array("{\(members.joined(separator: ",")),\(members[repeated])}".utf8))
            #expect(error?.kind == .duplicateName)
            #expect(error?.offset == members.joined(separator: ",").utf8.count + 2)
        }
    }
}
