import MCPCore

/// Writes messages as an event stream, with a comment now and then while nothing comes.
enum StreamPump {
    /// Writes until `next` ends.
    static func run(
        keepAlive: Duration, to writer: any HTTPBodyWriter, next: @escaping @Sendable () async -> [UInt8]?
    ) async throws {
        let beat = Heartbeat(interval: keepAlive, writer: writer)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await beat.run() }
            defer { group.cancelAll() }
            while let event = await next() { try await beat.write(event) }
        }
    }

    /// Serialises events and comments on one writer.
    private actor Heartbeat {
        private let interval: Duration
        private let writer: any HTTPBodyWriter
        private var wroteSinceLastBeat = false

        init(interval: Duration, writer: any HTTPBodyWriter) {
            self.interval = interval
            self.writer = writer
        }

        func write(_ bytes: [UInt8]) async throws {
            wroteSinceLastBeat = true
            try await writer.write(bytes)
        }

        func run() async throws {
            while true {
                do { try await Task.sleep(for: interval) } catch { return }
                if !wroteSinceLastBeat { try await writer.write(EventStreamEncoder.keepAlive) }
                wroteSinceLastBeat = false
            }
        }
    }
}
