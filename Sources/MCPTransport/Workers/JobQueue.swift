import MCPQueues

/// Jobs that wait, and how many have been there.
struct JobQueue {
    private var jobs = FIFOQueue<UnownedJob>()
    /// How many have been taken since the beginning.
    private(set) var taken = 0

    var isEmpty: Bool { jobs.isEmpty }
    /// How many have come since the beginning.
    var appended: Int { taken + jobs.count }

    mutating func append(_ job: UnownedJob) { jobs.append(job) }

    mutating func takeFirst() -> UnownedJob? {
        guard let job = jobs.popFirst() else { return nil }
        taken += 1
        return job
    }

    mutating func takeAll() -> [UnownedJob] {
        var all: [UnownedJob] = []
        while let job = takeFirst() { all.append(job) }
        return all
    }
}
