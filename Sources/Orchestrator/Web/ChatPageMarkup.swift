/// The page as the server sends it: everything but what the conversation holds, which comes over the WebSocket.
struct ChatPageMarkup {
    /// What the reader chose with the toggle; the page is drawn in it at once, without a flash of the other one.
    enum Theme: String {
        case system, light, dark

        init(inCookies header: String?) {
            let value = header?.split(separator: ";").lazy
                .map { $0.drop { $0 == " " }.split(separator: "=", maxSplits: 1) }
                .first { $0.count == 2 && $0[0] == "chat_theme" }?[1]
            self = value.flatMap { Theme(rawValue: String($0)) } ?? .system
        }
    }

    let files: StaticFiles
    let theme: Theme

    /// Contains nothing that came from outside, so nothing has to be escaped.
    var html: String {
        """
        <!doctype html>
        <html lang="en" data-theme="\(theme.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
        <title>New chat</title>
        <link rel="icon" type="image/svg+xml" href="\(files.address(of: "icon.svg"))">
        <link rel="stylesheet" href="\(files.address(of: "app.css"))">
        <script type="module" src="\(files.address(of: "app.js"))"></script>
        </head>
        <body>
        <a class="skip" href="#message">Skip to the message field</a>
        <div class="app">
        \(sidebar)
        <div class="veil" id="veil" hidden></div>
        <div class="column" id="column">
        \(header)
        <div id="bars" class="bars"></div>
        <main id="scroller" class="scroller" tabindex="0" aria-label="Conversation">
        <div id="empty" class="empty" hidden></div>
        <div id="transcript" class="transcript" role="log" aria-live="off" aria-label="Messages"></div>
        <p id="working" class="working" hidden>Answering…</p>
        <noscript><p class="noscript">This chat needs JavaScript. Allow it for this address and reload the page.</p></noscript>
        </main>
        \(composer)
        </div>
        </div>
        <p id="announcer" class="unseen" role="status"></p>
        </body>
        </html>

        """
    }

    private var sidebar: String {
        """
        <aside id="sidebar" class="sidebar" aria-label="Conversations">
        <div class="sidebar-top">
        <button type="button" id="new-chat" class="button wide">\(Icon.plus)<span>New chat</span></button>
        <button type="button" id="close-sidebar" class="icon-button drawer-only" aria-label="Close the list">\(Icon.close)</button>
        </div>
        <div class="search">
        \(Icon.search)
        <input id="search" type="search" placeholder="Search" aria-label="Search conversations" aria-keyshortcuts="Control+K" \
        autocomplete="off" spellcheck="false"><kbd class="shortcut">Ctrl K</kbd>
        </div>
        <nav id="conversations" class="conversations" aria-label="Conversations by day" tabindex="-1"></nav>
        <div class="sidebar-foot">
        <p id="account" class="account"><span id="user">This browser</span><span id="usage"></span></p>
        <div class="foot-buttons">
        <button type="button" id="theme" class="icon-button" aria-label="Theme">\(Icon.theme)</button>
        <button type="button" id="keys-button" class="icon-button" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)">\
        \(Icon.keyboard)</button>
        </div>
        </div>
        </aside>
        """
    }

    private var header: String {
        """
        <header class="header">
        <button type="button" id="open-sidebar" class="icon-button drawer-only" aria-label="Conversations" \
        aria-controls="sidebar" aria-expanded="false">\(Icon.menu)</button>
        <h1 id="title" class="title">New chat</h1>
        <button type="button" id="model" class="chip" popovertarget="model-panel" hidden></button>
        <button type="button" id="servers" class="chip" popovertarget="servers-panel" hidden></button>
        <div id="model-panel" class="panel" popover></div>
        <div id="servers-panel" class="panel" popover></div>
        </header>
        """
    }

    private var composer: String {
        """
        <form id="composer" class="composer" aria-label="Message">
        <button type="button" id="newest" class="newest" hidden>\(Icon.down)<span>Newest</span></button>
        <p id="editing" class="editing" hidden>Editing your last message. What followed it is replaced. \
        <button type="button" id="cancel-editing" class="link-button">Cancel</button></p>
        <div class="field">
        <textarea id="message" rows="1" placeholder="Ask something" aria-label="Message" aria-describedby="message-note" \
        enterkeyhint="send"></textarea>
        <button type="submit" id="send" class="send" aria-label="Send">\(Icon.send)<span class="send-word">Send</span></button>
        <button type="button" id="stop" class="send stop" aria-label="Stop" aria-keyshortcuts="Escape" hidden>\(Icon.stop)\
        <span class="send-word">Stop</span></button>
        </div>
        <p id="message-note" class="note"></p>
        </form>
        """
    }
}

/// The shell's icons, 20 by 20, drawn for this page.
private enum Icon {
    static let plus = svg("M10 4v12M4 10h12")
    static let close = svg("M5 5l10 10M15 5L5 15")
    static let search = svg("M9 3.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M13 13l4 4")
    static let menu = svg("M3 5.5h14M3 10h14M3 14.5h14")
    static let theme = svg("M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14M10 3v14M10 6.5h5.8M10 10h7M10 13.5h5.8")
    static let keyboard = svg("M2.5 5.5h15v9h-15zM5.5 8.5h.1M8.5 8.5h.1M11.5 8.5h.1M14.5 8.5h.1M6.5 11.7h7")
    static let down = svg("M10 4v12M5 11l5 5l5-5")
    static let send = svg("M10 16V4M5 9l5-5l5 5")
    static let stop = svg("M6 6h8v8H6z")

    private static func svg(_ path: String) -> String {
        "<svg viewBox=\"0 0 20 20\" aria-hidden=\"true\" class=\"icon\"><path d=\"\(path)\"/></svg>"
    }
}
