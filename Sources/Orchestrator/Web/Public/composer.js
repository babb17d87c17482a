// Where the reader writes. The draft of each conversation outlives a reload and a broken line.

import { byId } from "./dom.js";

const draftKey = (conversation) => `chat.draft.${conversation ?? "new"}`;
const numbers = new Intl.NumberFormat("en");

/** What is in the field and what comes back to it: neither is lost. */
function together(draft, text) {
  return [draft, text].filter((part) => part?.trim()).join("\n\n");
}

export class Composer {
  #conversation = null;
  #limit = Infinity;
  #limitedUntil = null;
  #timer = 0;
  #beforeEditing = null;

  constructor({ onSend, onStop, onEdit }) {
    this.onEdit = onEdit;
    this.form = byId("composer");
    this.area = byId("message");
    this.sendButton = byId("send");
    this.stopButton = byId("stop");
    this.note = byId("message-note");
    this.editingLine = byId("editing");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.area.value.trim();
      if (text === "" || this.isLocked || this.#problem) return this.area.focus();
      onSend(text, this.isEditing);
    });
    this.stopButton.addEventListener("click", () => {
      onStop();
      this.focus();
    });
    byId("cancel-editing").addEventListener("click", () => this.cancelEditing());
    this.area.addEventListener("input", () => this.#changed());
    this.area.addEventListener("keydown", (event) => this.#key(event));
  }

  isRunning = false;

  get isEditing() {
    return this.#beforeEditing !== null;
  }

  /** A message can be sent only when no turn runs and no limit holds. */
  get isLocked() {
    return this.isRunning || this.#limitedUntil !== null;
  }

  get hasText() {
    return this.area.value.trim() !== "";
  }

  focus() {
    this.area.focus({ preventScroll: true });
  }

  open(conversation) {
    this.#beforeEditing = null;
    this.editingLine.hidden = true;
    this.#conversation = conversation;
    this.area.value = sessionStorage.getItem(draftKey(conversation)) ?? "";
    this.#changed();
  }

  /** The conversation got its id: the draft goes with it. */
  adopt(conversation) {
    sessionStorage.removeItem(draftKey(this.#conversation));
    this.#conversation = conversation;
    this.#changed();
  }

  sent() {
    this.#beforeEditing = null;
    this.editingLine.hidden = true;
    this.area.value = "";
    this.#changed();
  }

  /** A message came back: it is not lost, the reader can send it again. */
  restore(text) {
    this.area.value = together(this.area.value, text);
    this.#changed();
    this.focus();
  }

  /** A message of another conversation came back: it becomes a part of its draft. */
  keep(conversation, text) {
    const key = draftKey(conversation);
    if (key === draftKey(this.#conversation)) return this.restore(text);
    try {
      sessionStorage.setItem(key, together(sessionStorage.getItem(key), text));
    } catch {
      // No room: as for other drafts.
    }
  }

  startEditing(text) {
    this.#beforeEditing = this.area.value;
    this.area.value = text;
    this.editingLine.hidden = false;
    this.#changed();
    this.focus();
    this.area.setSelectionRange(text.length, text.length);
  }

  cancelEditing() {
    if (!this.isEditing) return false;
    this.area.value = this.#beforeEditing;
    this.#beforeEditing = null;
    this.editingLine.hidden = true;
    this.#changed();
    this.focus();
    return true;
  }

  setRunning(running) {
    this.isRunning = running;
    const hadFocus = document.activeElement === this.stopButton || document.activeElement === this.sendButton;
    this.sendButton.hidden = running;
    this.stopButton.hidden = !running;
    if (hadFocus) this.focus();
    this.#showNote();
  }

  setLimits({ messageCharacters, limitedUntil }) {
    this.#limit = messageCharacters;
    this.#limitedUntil = limitedUntil ? new Date(limitedUntil) : null;
    clearTimeout(this.#timer);
    if (this.#limitedUntil) {
      this.#timer = setTimeout(() => this.setLimits({ messageCharacters }), Math.max(0, this.#limitedUntil - Date.now()));
    }
    this.#changed();
  }

  get #problem() {
    const length = [...this.area.value].length;
    return length > this.#limit ? `${numbers.format(length - this.#limit)} characters too long. The limit is ${numbers.format(this.#limit)}.` : null;
  }

  #changed() {
    if (!this.isEditing) {
      try {
        if (this.area.value) sessionStorage.setItem(draftKey(this.#conversation), this.area.value);
        else sessionStorage.removeItem(draftKey(this.#conversation));
      } catch {
        // No room: the draft only does not outlive a reload.
      }
    }
    if (!CSS.supports("field-sizing", "content")) {
      this.area.style.height = "auto";
      this.area.style.height = `${this.area.scrollHeight}px`;
    }
    this.#showNote();
  }

  #showNote() {
    const problem = this.#problem;
    this.area.toggleAttribute("aria-invalid", Boolean(problem));
    this.note.classList.toggle("problem", Boolean(problem) || this.#limitedUntil !== null);
    const time = this.#limitedUntil?.toLocaleTimeString(undefined, { timeStyle: "short" });
    this.note.textContent = problem
      ?? (time ? `You have reached a limit. You can send again at ${time}.`
        : this.isRunning ? "Esc stops the answer" : "Enter sends, Shift+Enter starts a new line");
    this.sendButton.setAttribute("aria-disabled", String(!this.hasText || Boolean(problem) || this.#limitedUntil !== null));
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (event.key === "ArrowUp" && this.area.value === "" && !this.isRunning) {
      const text = this.onEdit();
      if (text === null) return;
      event.preventDefault();
      this.startEditing(text);
    }
  }
}
