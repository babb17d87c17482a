// The empty page: one sentence, questions to click, the connected servers by name.

import { byId, fill, h } from "./dom.js";

export function showEmpty({ environment, onAsk }) {
  const ready = environment.servers.filter((server) => server.state === "ready").map((server) => server.name);
  const waiting = environment.servers.filter((server) => server.state === "needsSignIn").map((server) => server.name);
  const names = ready.length ? new Intl.ListFormat("en").format(ready) : null;
  fill(
    byId("empty"),
    h("h2", {}, "Ask about what your servers know and can do."),
    h("ul", { class: "suggestions" }, environment.suggestions.slice(0, 4).map((text) =>
      h("li", {}, h("button", { type: "button", class: "suggestion", on: { click: () => onAsk(text) } }, text)))),
    h("p", { class: "muted" }, names ? `Connected: ${names}.` : "No server is connected, so there are no tools to use."),
    waiting.length ? h("p", { class: "muted" }, `Waiting for you to sign in: ${new Intl.ListFormat("en").format(waiting)}.`) : null,
    environment.model.demonstration
      ? h("p", { class: "muted" }, "The built-in demonstration model answers, because no other is configured. It matches words; it does not understand.")
      : null,
  );
}
