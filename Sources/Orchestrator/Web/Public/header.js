// The header and the bars below it: title, model, servers, the state of the line.

import { button, byId, h, icon } from "./dom.js";

const WORDS = { connecting: "connecting", ready: "ready", down: "down", needsSignIn: "needs sign-in" };

export class Header {
  #servers = [];
  #bars = new Map();

  constructor({ onSignIn, onSignOut }) {
    this.onSignIn = onSignIn;
    this.onSignOut = onSignOut;
    this.titleElement = byId("title");
    this.model = byId("model");
    this.modelPanel = byId("model-panel");
    this.servers = byId("servers");
    this.serversPanel = byId("servers-panel");
  }

  setTitle(title) {
    this.titleElement.textContent = title;
    this.titleElement.title = title;
  }

  setModel(model) {
    this.model.hidden = false;
    this.model.dataset.state = model.failure ? "down" : model.demonstration ? "demonstration" : "ready";
    const word = model.demonstration ? "Demonstration model" : model.name;
    const said = model.failure ? `${word}: down` : word;
    // Where there is little room the button shows less, but is still called by the whole name.
    this.model.setAttribute("aria-label", said);
    this.model.title = said;
    this.model.replaceChildren(
      h("span", { class: "dot" }),
      h("span", { class: "chip-word roomy" }, said),
      h("span", { class: "chip-word tight" }, model.demonstration ? "Demo" : model.name));
    const lines = [h("h2", {}, model.name)];
    if (model.demonstration) {
      lines.push(
        h("p", {}, "No model is configured, so the built-in demonstration model answers. It matches words with what the servers offer; it does not understand."),
        h("p", {}, "To use a real one, set OPENAI_API_KEY (and OPENAI_BASE_URL for another provider) and start again."));
    } else {
      lines.push(h("p", {}, model.failure ? "This model cannot be reached now." : "This model answers."));
    }
    if (model.failure) lines.push(h("p", {}, model.failure.why), h("p", {}, model.failure.whatNow));
    this.modelPanel.replaceChildren(...lines);
    this.#bar("model", model.failure ? h("span", {}, h("strong", {}, model.failure.what), ` ${model.failure.why} ${model.failure.whatNow}`) : null, "danger");
  }

  setServers(servers) {
    this.#servers = servers;
    const down = servers.filter((server) => server.state === "down");
    const connecting = servers.filter((server) => server.state === "connecting");
    const waiting = servers.filter((server) => server.state === "needsSignIn");
    this.servers.hidden = servers.length === 0;
    this.servers.dataset.state = down.length ? "down" : waiting.length ? "needsSignIn" : connecting.length ? "connecting" : "ready";
    const noun = servers.length === 1 ? "server" : "servers";
    const word = down.length ? `${down.length} of ${servers.length} ${noun} down`
      : waiting.length ? `${waiting.length} of ${servers.length} ${noun} ${waiting.length === 1 ? "needs" : "need"} sign-in`
      : connecting.length ? "Connecting" : `${servers.length} ${noun}`;
    this.servers.setAttribute("aria-label", word);
    this.servers.replaceChildren(
      h("span", { class: "dot" }),
      h("span", { class: "chip-word roomy" }, word),
      h("span", { class: "chip-word tight" }, down.length ? `${down.length} down` : waiting.length ? "Sign in" : word));
    this.serversPanel.replaceChildren(h("h2", {}, "Servers"), h("ul", { class: "servers" }, servers.map((server) => this.#serverRow(server))));
    this.#bar("servers", down.length ? h("span", {}, down.map(downSentence)) : null, "warn");
    this.#bar("sign-in", waiting.length ? h("span", {}, waiting.map((server) => this.#signInSentence(server))) : null, "warn");
  }

  /** Who wants it, where it leads, and the way there. */
  #signInSentence(server) {
    const said = server.failure
      ? [h("strong", {}, server.failure.what), ` ${server.failure.why} ${server.failure.whatNow}`]
      : [h("strong", {}, `${server.name} needs you to sign in.`), " Until then its tools cannot be used."];
    return h("span", { class: "sign-in-row" }, h("span", {}, said), this.#signInButton(server));
  }

  #signInButton(server) {
    const begin = button(`Sign in at ${server.signInHost}`, { iconName: "external", onClick: () => {
      begin.setAttribute("aria-busy", "true");
      this.onSignIn(server.name);
    } });
    return begin;
  }

  #serverRow(server) {
    return h(
      "li",
      { "data-state": server.state },
      h("p", { class: "server-top" }, h("span", { class: "dot" }), h("strong", {}, server.name), h("span", { class: "muted" }, WORDS[server.state])),
      server.title && server.title !== server.name ? h("p", { class: "muted" }, server.title) : null,
      server.failure ? h("p", {}, `${server.failure.what} ${server.failure.why} ${server.failure.whatNow}`) : null,
      server.tools.length ? h("p", { class: "tool-list" }, server.state === "down" ? "Missing: " : "", server.tools.join(", ")) : null,
      server.state === "needsSignIn" ? h("div", { class: "buttons" }, this.#signInButton(server)) : null,
      server.state === "ready" && server.signedIn ? h("p", { class: "muted" }, "Signed in, for everybody who uses this chat.") : null,
      server.signedIn && server.state !== "needsSignIn"
        ? h("div", { class: "buttons" }, button("Sign out", { "aria-label": `Sign out of ${server.name}`, onClick: () => this.onSignOut(server.name) }))
        : null,
    );
  }

  /** A quiet bar while the line is away. It comes only after a moment: a short break is nobody's business. */
  setLine(state) {
    clearTimeout(this.lineTimer);
    if (state === "up") return this.#bar("line", null);
    this.lineTimer = setTimeout(
      () => this.#bar("line", h("span", {}, h("strong", {}, "Reconnecting."), " What you write is kept, and what you miss will be shown."), "quiet"), 600);
  }

  showFailure(failure) {
    const close = h("button", { type: "button", class: "icon-button small", "aria-label": "Close this message" }, icon("close"));
    close.addEventListener("click", () => this.#bar("failure", null));
    this.#bar("failure", h("span", { class: "bar-row" }, h("span", {}, h("strong", {}, failure.what), ` ${failure.why} ${failure.whatNow}`), close), "danger");
  }

  hideFailure() {
    this.#bar("failure", null);
  }

  #bar(name, content, kind) {
    this.#bars.get(name)?.remove();
    this.#bars.delete(name);
    if (!content) return;
    const bar = h("div", { class: `bar ${kind}`, role: "status" }, content);
    this.#bars.set(name, bar);
    byId("bars").append(bar);
  }
}

function downSentence(server) {
  const missing = server.tools.length ? ` Missing: ${server.tools.join(", ")}.` : " Its tools are missing.";
  return h("span", { class: "bar-line" }, h("strong", {}, `${server.name} is down.`), missing, server.failure ? ` ${server.failure.whatNow}` : "");
}
