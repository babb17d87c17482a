import Synchronization

/// Counts calls: all, and those of each label.
final class LabelledCalls: Sendable {
    private struct State {
        var total = 0
        /// The last ones alone: labels are a client's, who may have any number of them.
        var labels: [String] = []
    }

    private static let maximumLabels = 1000
    private let state = Mutex(State())

    func insert(_ label: String?) {
        state.withLock { state in
            state.total += 1
            guard let label, label.utf8.count <= 100 else { return }
            if state.labels.count == Self.maximumLabels { state.labels.removeFirst() }
            state.labels.append(label)
        }
    }

    /// - Parameter label: `nil` for all.
    func count(_ label: String?) -> Int {
        state.withLock { state in label.map { label in state.labels.count { $0 == label } } ?? state.total }
    }
}
