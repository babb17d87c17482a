/// The peer of a connection's requests: what the client has said, and what the connection knows. The same one for all requests, until the client says something else.
struct ConnectionPeer {
    private var last: (said: Peer, whole: Peer)?

    /// - Parameter complete: Adds what the connection knows. That does not change while the connection lasts.
    mutating func of(_ said: Peer, complete: (inout Peer) -> Void) -> Peer {
        if let last, last.said.isSame(as: said) { return last.whole }
        var whole = said
        complete(&whole)
        last = (said, whole)
        return whole
    }
}
