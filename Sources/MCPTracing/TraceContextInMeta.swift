import Instrumentation
import MCPCore

/// Reads and writes the keys of `_meta` that are reserved for traces, and no others: keys without a prefix are the specification's.
struct TraceContextInMeta: Extractor, Injector {
    /// W3C Trace Context and W3C Baggage.
    static let keys: Set<String> = ["traceparent", "tracestate", "baggage"]
    /// The limit of W3C Baggage (section 3.3.2), which is the longest of the three. What is longer comes from nobody who keeps to it.
    static let maximumBytes = 8192

    func extract(key: String, from meta: JSONObject) -> String? {
        let key = key.lowercased()
        guard Self.keys.contains(key), let value = meta[key]?.string, value.utf8.count <= Self.maximumBytes else { return nil }
        return value
    }

    func inject(_ value: String, forKey key: String, into meta: inout JSONObject) {
        let key = key.lowercased()
        if Self.keys.contains(key), value.utf8.count <= Self.maximumBytes, TraceContextFormat.allows(value, for: key) { meta[key] = .string(value) }
    }
}
