// A card for an entry that cannot be drawn: its data as JSON, and the answers where it waits for one. So that one entry never takes
// the conversation away.

import { button, h } from "./dom.js";

/** As much as a reader may want to see, and a browser can show. */
const LIMIT = 20_000;

const ANSWERS = {
  tool: (id) => [
    ["Allow once", { type: "approve", call: id, decision: "allowOnce" }],
    ["Deny", { type: "approve", call: id, decision: "deny" }],
  ],
  elicitation: (id) => [
    ["Decline", { type: "answer", id, action: "decline" }],
    ["Cancel", { type: "answer", id, action: "cancel" }],
  ],
};

export class PlainCard {
  #entry = null;

  constructor(entry, { act, onDecided }) {
    this.act = act;
    this.onDecided = onDecided;
    this.element = h("div", { class: "entry card", role: "group", tabindex: "-1" });
    this.update(entry);
  }

  update(entry) {
    this.#entry = entry;
    if (entry.state) this.element.dataset.state = entry.state;
    this.element.setAttribute("aria-label", this.#name);
    // What asks is shown whole before a decision.
    const { result, ...rest } = entry;
    const told = text(this.waits ? rest : entry);
    const shown = this.waits || told.length <= LIMIT ? told : `${told.slice(0, LIMIT)}…`;
    const answers = this.waits ? (ANSWERS[entry.kind]?.(entry.id) ?? []) : [];
    this.element.replaceChildren(
      h("div", { class: "card-head" }, h("span", { class: "tool-name" }, this.#name)),
      h("div", { class: "card-body" },
        this.waits ? h("p", { class: "ask" }, this.question) : null,
        h("p", { class: "muted" }, "This cannot be shown as usual. Here it is as it came."),
        h("pre", { tabindex: "0", role: "group", "aria-label": "Data" }, shown),
        answers.length > 0 ? h("div", { class: "buttons" }, answers.map(([label, command]) => button(label, { onClick: () => this.#decide(command) }))) : null),
    );
  }

  remove() {
    this.element.remove();
  }

  get #name() {
    const { kind, server, tool } = this.#entry;
    return kind === "elicitation" ? `${server} asks` : tool ? `${server}.${tool}` : String(kind);
  }

  get waits() {
    return this.#entry.state === "waiting";
  }

  get question() {
    const { question, message } = this.#entry;
    return String(question?.text ?? message ?? this.#name);
  }

  focusDefault() {
    this.element.focus({ preventScroll: true });
  }

  #decide(command) {
    this.act(command);
    for (const each of this.element.querySelectorAll("button")) each.disabled = true;
    this.onDecided();
  }
}

function text(entry) {
  try {
    return JSON.stringify(entry, null, 2);
  } catch {
    return "(It cannot be written as text either.)";
  }
}
