// Messages that the server has not confirmed. They outlive a reload; a second arrival of the same one does nothing.
//
// A message that begins a conversation has no id of it yet. It has the `draft` of the page where it was written, so that several
// new chats are not taken for each other.

const KEY = "chat.outbox";

export class Outbox {
  #messages = [];

  constructor() {
    try {
      this.#messages = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    } catch {
      this.#messages = [];
    }
  }

  get all() {
    return this.#messages;
  }

  add(message) {
    this.#messages.push(message);
    this.#keep();
  }

  get(clientMessageID) {
    return this.#messages.find((message) => message.clientMessageID === clientMessageID) ?? null;
  }

  remove(clientMessageID) {
    const before = this.#messages.length;
    this.#messages = this.#messages.filter((message) => message.clientMessageID !== clientMessageID);
    if (this.#messages.length !== before) this.#keep();
  }

  /** What waits in a conversation, or in a new chat that has none yet. */
  of(conversation, draft) {
    return this.#messages.filter((message) => message.conversation === conversation && (conversation !== null || message.draft === draft));
  }

  /** The message began a conversation, which has an id now. */
  place(message, conversation) {
    message.conversation = conversation;
    this.#keep();
  }

  /** The new chat whose first message is on its way, the latest of them. */
  get latestDraft() {
    return this.#messages.findLast((message) => message.conversation === null)?.draft ?? null;
  }

  #keep() {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(this.#messages));
    } catch {
      // No room or not allowed: the message is still sent, it only does not outlive a reload.
    }
  }
}

/** A random id for a message; `randomUUID` exists only where the page is served securely. */
export function randomID() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
