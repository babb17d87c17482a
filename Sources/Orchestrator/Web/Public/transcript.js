// The transcript: one view for each entry, found by its id. An entry that changes changes its own view only.

import { ElicitationCard } from "./elicitation-card.js";
import { failureView } from "./failure-view.js";
import { button, fill, h } from "./dom.js";
import { GrowingMarkdown } from "./markdown.js";
import { PlainCard } from "./plain-card.js";
import { timeElement } from "./times.js";
import { ToolCard } from "./tool-card.js";

/** So many entries at the end are drawn even out of sight, so that the end of the page does not move while it is read. */
const RECENT = 24;

class UserView {
  constructor(message) {
    this.text = h("p", { class: "bubble" });
    this.note = h("p", { class: "note" });
    this.element = h("div", { class: "entry user" }, h("span", { class: "unseen" }, "You said:"), this.text, this.note);
    this.update(message);
  }

  update(message) {
    this.message = message;
    this.text.textContent = message.text;
    this.note.replaceChildren(message.at ? timeElement(message.at) : message.waits ? "Waits for the connection" : "Sending…");
  }

  remove() {
    this.element.remove();
  }
}

class AssistantView {
  constructor(message, { act }) {
    this.act = act;
    this.prose = h("div", { class: "prose" });
    this.markdown = new GrowingMarkdown(this.prose);
    this.note = h("p", { class: "note", hidden: true });
    this.element = h("div", { class: "entry assistant" }, h("span", { class: "unseen" }, "The assistant said:"), this.prose, this.note);
    this.update(message);
  }

  update(message) {
    this.message = message;
    this.markdown.set(message.text);
    const note = { stopped: "You stopped this answer.", broken: "The line to the model broke here. What it wrote so far is kept." }[message.state];
    this.note.hidden = !note;
    // A broken answer has a notice with Retry behind it. Only what is last can be gone on from.
    const retry = message.state === "stopped" ? button("Retry", { kind: "quiet-button only-last", onClick: () => this.act({ type: "retry" }) }) : null;
    fill(this.note, note, retry);
  }

  append(delta) {
    this.markdown.append(delta);
  }

  get isEmpty() {
    return this.markdown.text.trim() === "";
  }

  remove() {
    this.element.remove();
  }
}

class FailureEntry {
  constructor(notice, { act }) {
    this.act = act;
    this.element = h("div", { class: "entry" });
    this.update(notice);
  }

  update(notice) {
    this.element.replaceChildren(failureView(notice.failure, { onRetry: () => this.act({ type: "retry" }) }));
  }

  remove() {
    this.element.remove();
  }
}

const views = { user: UserView, assistant: AssistantView, tool: ToolCard, elicitation: ElicitationCard, failure: FailureEntry };

export class Transcript {
  #views = new Map();
  #pending = new Map();

  /** `tools` is handed to each card: `act(command)`, `onDecided()`. `onWaiting(view)` runs when a card begins to wait. */
  constructor(element, { tools, onWaiting }) {
    this.element = element;
    this.tools = tools;
    this.onWaiting = onWaiting;
  }

  get isEmpty() {
    return this.#views.size === 0 && this.#pending.size === 0;
  }

  get last() {
    return [...this.#views.values()].at(-1) ?? null;
  }

  get lastUserMessage() {
    return [...this.#views.values()].findLast((view) => view instanceof UserView)?.message ?? null;
  }

  get firstWaiting() {
    return [...this.#views.values()].find((view) => view.waits) ?? null;
  }

  clear() {
    for (const view of this.#views.values()) view.remove();
    this.#views.clear();
    for (const view of this.#pending.values()) view.remove();
    this.#pending.clear();
  }

  /** Shows exactly these entries. Views that are there already stay, with what the reader opened or typed in them. */
  replace(entries) {
    const wanted = new Set(entries.map((entry) => entry.id));
    for (const [id, view] of this.#views) {
      if (wanted.has(id)) continue;
      view.remove();
      this.#views.delete(id);
    }
    for (const entry of entries) this.put(entry);
  }

  /** Adds an entry, or replaces the one of the same id. */
  put(entry) {
    const known = this.#views.get(entry.id);
    if (known) {
      const waited = known.waits;
      const view = this.#updated(known, entry);
      if (view.waits && !waited) this.onWaiting(view);
      return;
    }
    if (!views[entry.kind]) return;
    if (entry.kind === "user") this.#arrived(entry.clientMessageID);
    const view = this.#built(entry);
    this.#views.set(entry.id, view);
    // What is still being sent stays at the end.
    this.element.insertBefore(view.element, this.#pending.values().next().value?.element ?? null);
    const entries = this.element.children;
    if (entries.length > RECENT) entries[entries.length - RECENT - 1].classList.add("old");
    if (view.waits) this.onWaiting(view);
  }

  /** What a server sends decides what is drawn: where that fails the entry is shown as it came, and the others as ever. */
  #built(entry) {
    try {
      return new views[entry.kind](entry, this.tools);
    } catch (error) {
      console.warn("An entry could not be drawn.", error);
      return new PlainCard(entry, this.tools);
    }
  }

  #updated(known, entry) {
    try {
      known.update(entry);
      return known;
    } catch (error) {
      console.warn("An entry could not be drawn.", error);
      const view = new PlainCard(entry, this.tools);
      // Map keeps the place of a key that is set again.
      this.#views.set(entry.id, view);
      known.element.replaceWith(view.element);
      known.remove();
      return view;
    }
  }

  append(messageID, delta) {
    this.#views.get(messageID)?.append?.(delta);
  }

  progress(callID, progress) {
    this.#views.get(callID)?.progress?.(progress);
  }

  /** Drops the entry of that id and all after it. */
  truncate(id) {
    let dropping = false;
    for (const [key, view] of this.#views) {
      dropping ||= key === id;
      if (!dropping) continue;
      view.remove();
      this.#views.delete(key);
    }
  }

  /** Shows a message before the server has it. */
  showPending(message) {
    const view = new UserView(message);
    view.element.classList.add("pending");
    this.#pending.get(message.clientMessageID)?.remove();
    this.#pending.set(message.clientMessageID, view);
    this.element.append(view.element);
  }

  setPendingWaits(waits) {
    for (const view of this.#pending.values()) view.update({ ...view.message, waits });
  }

  /** A decision was not taken: the cards can be used again. */
  enable() {
    for (const view of this.#views.values()) {
      if (view.waits) for (const element of view.element.querySelectorAll(".card-body :disabled")) element.disabled = false;
    }
  }

  dropPending(clientMessageID) {
    this.#arrived(clientMessageID);
  }

  show(entryID) {
    const view = this.#views.get(entryID);
    if (!view) return false;
    view.element.scrollIntoView({ block: "center" });
    view.element.setAttribute("tabindex", "-1");
    view.element.focus({ preventScroll: true });
    view.element.classList.add("found");
    setTimeout(() => view.element.classList.remove("found"), 2500);
    return true;
  }

  #arrived(clientMessageID) {
    this.#pending.get(clientMessageID)?.remove();
    this.#pending.delete(clientMessageID);
  }
}
