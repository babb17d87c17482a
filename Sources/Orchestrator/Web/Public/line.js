// The line to the server: one WebSocket that comes back by itself. Commands given while it is down wait for it.

import { parseJSON } from "./exact-json.js";

const HEARTBEAT_LIMIT = 50_000;

/** The server did not understand the page, or will not (RFC 6455 section 7.4.1). Saying it again would not help. */
const REFUSED = [1003, 1007, 1009];

export class Line {
  #socket = null;
  #attempt = 0;
  #retry = 0;
  #watchdog = 0;
  #greeted = false;
  #isRefused = false;
  #waiting = [];

  /** `greet` returns the first command of a connection; `onEvent` gets each event; `onState` "up", "connecting", "down", "refused". */
  constructor({ greet, onEvent, onState }) {
    this.greet = greet;
    this.onEvent = onEvent;
    this.onState = onState;
    addEventListener("online", () => this.#hurry());
    addEventListener("pageshow", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#hurry());
  }

  get isUp() {
    return this.#greeted;
  }

  open() {
    clearTimeout(this.#retry);
    this.onState(this.#attempt === 0 ? "connecting" : "down", this.#attempt);
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#attempt = 0;
      this.#greeted = true;
      this.#alive();
      socket.send(JSON.stringify(this.greet()));
      for (const command of this.#waiting.splice(0)) socket.send(JSON.stringify(command));
      this.onState("up", 0);
    });
    socket.addEventListener("message", (message) => {
      if (socket !== this.#socket) return;
      this.#alive();
      const event = parseJSON(message.data);
      if (event.type !== "heartbeat") this.onEvent(event);
    });
    socket.addEventListener("close", (event) => {
      if (socket !== this.#socket) return;
      if (REFUSED.includes(event.code)) this.#refused(event.reason);
      else this.#lost();
    });
  }

  /** Sends a command, or keeps it until the line is up. */
  send(command) {
    if (this.#greeted) this.#socket.send(JSON.stringify(command));
    else this.#waiting.push(command);
  }

  /** Sends a command only when the line is up: for what is said again in the greeting anyway. */
  sendIfUp(command) {
    if (this.#greeted) this.#socket.send(JSON.stringify(command));
  }

  #alive() {
    clearTimeout(this.#watchdog);
    const socket = this.#socket;
    // A line that is silent for longer than the server's heartbeat is dead, even if nobody said so (sleep, lost network).
    this.#watchdog = setTimeout(() => {
      if (socket === this.#socket) this.#lost();
      socket.close();
    }, HEARTBEAT_LIMIT);
  }

  #lost() {
    clearTimeout(this.#watchdog);
    this.#socket = null;
    this.#greeted = false;
    this.#attempt += 1;
    this.onState("down", this.#attempt);
    const limit = Math.min(15_000, 400 * 2 ** Math.min(this.#attempt - 1, 6));
    this.#retry = setTimeout(() => this.open(), limit * (0.5 + Math.random() / 2));
    if (this.#attempt === 2) this.#askWhy();
  }

  #refused(reason) {
    clearTimeout(this.#watchdog);
    this.#greeted = false;
    this.#isRefused = true;
    this.onState("refused", reason);
  }

  #hurry() {
    if (this.#socket === null && !this.#isRefused) this.open();
  }

  /** The browser does not tell a script why a WebSocket was refused; a plain request to the same address does. */
  async #askWhy() {
    try {
      const answer = await fetch("/ws", { cache: "no-store" });
      // The cookie is gone: the page as the server sends it sets a new one.
      if (answer.status === 401) location.reload();
    } catch {
      // The server is not there; the line goes on trying.
    }
  }
}
