// The card of a tool call: what runs, with which arguments, what waits for the reader, what came out.

import { button, fill, h, icon } from "./dom.js";
import { ExactNumber } from "./exact-json.js";
import { failureView } from "./failure-view.js";
import { pairsView, resultView, valueView } from "./result-view.js";
import { elapsedText } from "./times.js";

const WORDS = {
  waiting: "Waiting for you", running: "Running", done: "Done", denied: "Denied", failed: "Failed", cancelled: "Cancelled",
};

let clock = 0;
const running = new Set();

/** Shows the elapsed time of what runs, once a second, and only while something runs. */
function tick() {
  for (const card of running) card.showElapsed();
  if (running.size === 0) {
    clearInterval(clock);
    clock = 0;
  }
}

export class ToolCard {
  #call = null;
  #openByReader = null;
  #summary = "";

  /** `act(command)` sends a command about this call; `onDecided` runs after the reader pressed a button that goes away. */
  constructor(call, { act, onDecided }) {
    this.act = act;
    this.onDecided = onDecided;
    this.word = h("span", { class: "state-word" });
    this.elapsed = h("span", { class: "elapsed" });
    this.name = h("span", { class: "tool-name" });
    this.gist = h("span", { class: "gist" });
    this.toggle = h("button", { type: "button", class: "card-head", on: { click: () => this.#toggle() } },
      icon("chevron"), this.name, this.gist, this.word, this.elapsed);
    this.body = h("div", { class: "card-body" });
    this.element = h("div", { class: "entry card", role: "group", tabindex: "-1" }, this.toggle, this.body);
    this.update(call);
  }

  update(call) {
    const before = this.#call?.state;
    this.#call = call;
    const name = `${call.server}.${call.tool}`;
    this.element.dataset.state = call.state;
    this.element.setAttribute("aria-label", `${name}, ${WORDS[call.state]}`);
    this.name.textContent = name;
    this.word.textContent = WORDS[call.state];
    if (call.title) this.toggle.title = call.title;
    this.#buildBody();
    if (before !== call.state) this.#openByReader = null;
    this.#showOpen();
    this.showElapsed();
    if (call.state === "running") {
      running.add(this);
      clock ||= setInterval(tick, 1000);
    } else {
      running.delete(this);
    }
  }

  progress(progress) {
    this.#call.progress = progress;
    if (this.#call.state === "running") this.#showProgress();
  }

  remove() {
    running.delete(this);
    this.element.remove();
  }

  get waits() {
    return this.#call.state === "waiting";
  }

  /** What to say about it, and where the focus belongs. */
  get question() {
    return this.#call.question?.text ?? `Run ${this.#call.server}.${this.#call.tool}?`;
  }

  focusDefault() {
    (this.element.querySelector("[data-default]") ?? this.element).focus({ preventScroll: true });
  }

  showElapsed() {
    const call = this.#call;
    let time = call.elapsed;
    if (call.state === "running" && call.startedAt) time = Math.max(0, Date.now() - Date.parse(call.startedAt));
    // A running call shows whole seconds only: anything finer would be restless.
    const shown = time === undefined || (call.state === "running" && time < 1000) ? "" : elapsedText(call.state === "running" ? time - (time % 1000) : time);
    if (this.elapsed.textContent !== shown) this.elapsed.textContent = shown;
  }

  get #isOpen() {
    const state = this.#call.state;
    if (state === "waiting") return true;
    return this.#openByReader ?? (state === "running" || state === "failed");
  }

  #toggle() {
    this.#openByReader = !this.#isOpen;
    this.#showOpen();
  }

  #showOpen() {
    const open = this.#isOpen;
    // What asks cannot be folded away before it is answered.
    this.toggle.disabled = this.#call.state === "waiting";
    this.toggle.setAttribute("aria-expanded", String(open));
    this.body.hidden = !open;
    this.gist.textContent = open ? "" : this.#summary;
  }

  #buildBody() {
    const call = this.#call;
    this.#summary = "";
    const parts = [];
    if (call.question && call.state === "waiting") {
      parts.push(h("p", { class: "ask" }, call.question.text), h("p", { class: "muted" }, call.question.why));
    }
    parts.push(this.#arguments());
    this.progressLine = h("div", { class: "progress" });
    if (call.state === "running") parts.push(this.progressLine);
    if (call.result) {
      const view = resultView(call.result);
      if (call.result.isError) view.node.classList.add("is-error");
      else this.#summary = view.summary;
      parts.push(h("p", { class: "label" }, call.result.isError ? "What the tool says" : "Result"), view.node);
    }
    if (call.failure) parts.push(failureView(call.failure));
    parts.push(this.#buttons());
    fill(this.body, parts);
    if (call.state === "running") this.#showProgress();
  }

  #arguments() {
    const given = this.#call.arguments ?? {};
    // The model may have written something else than an object: that is one value.
    const isObject = typeof given === "object" && !Array.isArray(given) && !(given instanceof ExactNumber);
    const entries = isObject ? Object.entries(given) : [["(no object)", given]];
    if (entries.length === 0) return h("p", { class: "muted" }, "Without arguments.");
    if (this.#call.state !== "waiting") return pairsView(entries);
    // Before a decision everything is shown in full: nothing is folded or hidden.
    return h("dl", { class: "pairs" }, entries.map(([name, value]) =>
      h("div", {}, h("dt", {}, name), h("dd", {}, valueView(value, { folded: false })))));
  }

  #buttons() {
    const call = this.#call;
    if (call.state === "waiting") {
      const decide = (decision) => () => {
        this.act({ type: "approve", call: call.id, decision });
        for (const element of this.body.querySelectorAll("button")) element.disabled = true;
        this.onDecided();
      };
      const destroys = call.question?.destructive === true;
      const allow = button("Allow once", { kind: destroys ? "button" : "button main", onClick: decide("allowOnce"), "data-default": !destroys });
      const always = button("Allow in this chat", { onClick: decide("allowInChat") });
      const deny = button("Deny", { kind: destroys ? "button main" : "button", onClick: decide("deny"), "data-default": destroys });
      return h("div", { class: "buttons" }, destroys ? [deny, allow, always] : [allow, always, deny]);
    }
    if (call.state === "running") {
      return h("div", { class: "buttons" }, button("Cancel", { onClick: () => this.act({ type: "cancelCall", call: call.id }) }));
    }
    if (call.state === "failed" && call.canRetry) {
      return h("div", { class: "buttons" }, button("Retry", { onClick: () => this.act({ type: "retryCall", call: call.id }) }));
    }
    return null;
  }

  #showProgress() {
    const { completed, total, message } = this.#call.progress ?? {};
    if (completed === undefined) {
      this.progressLine.replaceChildren();
      return;
    }
    const known = total > 0;
    const bar = known ? h("progress", { max: total, value: completed, "aria-label": "Progress" }) : null;
    const amount = known ? `${Math.min(100, Math.round((completed / total) * 100))} %` : null;
    fill(this.progressLine, bar, h("span", { class: "muted" }, [message, amount].filter(Boolean).join(" · ")));
  }
}
