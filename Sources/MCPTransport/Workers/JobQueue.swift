/// First in, first out, in memory that is used again.
struct JobQueue {
    private var jobs: [UnownedJob] = []
    /// Those before this one have been taken.
    private var first = 0
    /// How many have been taken since the beginning.
    private(set) var taken = 0

    var isEmpty: Bool { first == jobs.count }
    /// How many have come since the beginning.
    var appended: Int { taken + jobs.count - first }

    mutating func append(_ job: UnownedJob) { jobs.append(job) }

    mutating func takeFirst() -> UnownedJob? {
        guard first < jobs.count else { return nil }
        let job = jobs[first]
        first += 1
        taken += 1
        if first == jobs.count {
            jobs.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 64, first * 2 >= jobs.count {
            jobs.removeSubrange(..<first)
            first = 0
        }
        return job
    }

    mutating func takeAll() -> [UnownedJob] {
        let left = Array(jobs[first...])
        taken += left.count
        jobs = []
        first = 0
        return left
    }
}
