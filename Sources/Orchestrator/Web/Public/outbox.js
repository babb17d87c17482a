// Messages that the server has not confirmed. They outlive a reload; a second arrival of the same one does nothing.

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

  remove(clientMessageID) {
    const before = this.#messages.length;
    this.#messages = this.#messages.filter((message) => message.clientMessageID !== clientMessageID);
    if (this.#messages.length !== before) this.#keep();
  }

  /** The message that began a conversation belongs to it, now that it has an id. */
  adopt(conversation) {
    for (const message of this.#messages) message.conversation ??= conversation;
    this.#keep();
  }

  has(clientMessageID) {
    return this.#messages.some((message) => message.clientMessageID === clientMessageID);
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
