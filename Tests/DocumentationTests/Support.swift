import MCPCore

/// Each example that has no reason to do otherwise runs in both eras.
let bothEras: [EraSelection] = [.handshake, .pinned(.latest)]
