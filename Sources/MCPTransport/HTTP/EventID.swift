/// The id of an event: its stream and its number in it.
struct EventID: Sendable, Hashable {
    var stream: Int
    var number: Int

    init(stream: Int, number: Int) {
        self.stream = stream
        self.number = number
    }

    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let stream = Int(parts[0]), let number = Int(parts[1]), stream >= 0, number >= 0 else { return nil }
        self.init(stream: stream, number: number)
    }

    var text: String { "\(stream)-\(number)" }
}
