// The page: joins the line to what is shown.

import { Composer } from "./composer.js";
import { showKeys } from "./dialogs.js";
import { byId } from "./dom.js";
import { showEmpty } from "./empty.js";
import { Header } from "./header.js";
import { startKeyboard } from "./keyboard.js";
import { Line } from "./line.js";
import { safeAddress } from "./markdown-inline.js";
import { Outbox, randomID } from "./outbox.js";
import { Follower } from "./scroll.js";
import { Sidebar } from "./sidebar.js";
import { startTheme } from "./theme.js";
import { refreshTimes } from "./times.js";
import { Transcript } from "./transcript.js";

/** What is said aloud when a turn ends. */
const ENDS = {
  complete: "Answer complete", stopped: "Stopped", failed: "The answer failed",
  roundLimit: "The answer stopped before its end: too many rounds of tool calls", outputLimit: "The answer was cut at the limit of length",
};

class Chat {
  conversation = conversationInAddress();
  sequence = null;
  environment = null;
  isRunning = false;
  /** An entry to go to once its conversation is here. */
  wantedEntry = null;
  /** Which new chat this is, while it has no conversation yet. */
  draft = null;
  /** First messages of new chats that are to be stopped once their conversation is known. */
  stopped = new Set();

  constructor() {
    this.outbox = new Outbox();
    if (this.conversation === null) this.draft = this.outbox.latestDraft ?? randomID();
    this.header = new Header({
      onSignIn: (server) => this.line.send({ type: "signIn", server, conversation: this.conversation }),
      onSignOut: (server) => this.line.send({ type: "signOut", server }),
    });
    this.follower = new Follower(byId("scroller"), byId("newest"));
    this.composer = new Composer({
      onSend: (text, isEdit) => this.send(text, isEdit),
      onStop: () => this.stop(),
      onEdit: () => (this.conversation ? this.transcript.lastUserMessage?.text ?? null : null),
    });
    this.transcript = new Transcript(byId("transcript"), {
      tools: { act: (command) => this.act(command), onDecided: () => this.decided() },
      onWaiting: (view) => this.cardWaits(view),
    });
    this.sidebar = new Sidebar({
      onOpen: (id, entry) => this.open(id, entry),
      onNew: () => this.startNew(),
      onSearch: (query) => this.line.send({ type: "search", query }),
      onRename: (id, title) => this.line.send({ type: "rename", id, title }),
      onDelete: (id) => this.line.send({ type: "delete", id }),
    });
    this.line = new Line({
      greet: () => ({ type: "hello", conversation: this.conversation, lastSequence: this.sequence }),
      onEvent: (event) => this.take(event),
      onState: (state, detail) => this.lineState(state, detail),
    });
    startTheme();
    startKeyboard(this);
    byId("keys-button").addEventListener("click", showKeys);
    addEventListener("popstate", () => this.show(conversationInAddress()));
    setInterval(refreshTimes, 30_000);
    this.composer.open(this.conversation);
    this.showPending();
    this.setRunning(this.waitingHere.length > 0);
    this.sidebar.setCurrent(this.conversation);
    this.line.open();
    this.composer.focus();
  }

  // What the reader does.

  send(text, isEdit) {
    const message = { conversation: this.conversation, text, clientMessageID: randomID() };
    this.header.hideFailure();
    this.composer.sent();
    const command = { type: isEdit ? "editLast" : "send", ...message };
    this.outbox.add(this.conversation === null ? { ...command, draft: this.draft } : command);
    if (!isEdit) this.transcript.showPending({ ...message, waits: !this.line.isUp });
    // While the line is down the message waits in the outbox, which is sent with the greeting.
    this.line.sendIfUp(command);
    this.setRunning(true);
    this.follower.follow();
    this.redraw();
  }

  stop() {
    const [waiting] = this.waitingHere;
    if (waiting && !this.line.isUp) return this.takeBack(waiting);
    if (this.conversation) this.line.send({ type: "stop", conversation: this.conversation });
    else if (waiting) this.stopped.add(waiting.clientMessageID);
  }

  /** Messages of the chat that is shown which the server has not confirmed. */
  get waitingHere() {
    return this.outbox.of(this.conversation, this.draft);
  }

  /** A message that was not sent goes back to where it was written. */
  takeBack(message) {
    const isHere = this.waitingHere.includes(message);
    this.outbox.remove(message.clientMessageID);
    this.stopped.delete(message.clientMessageID);
    if (!isHere) return this.composer.keep(message.conversation, message.text);
    this.transcript.dropPending(message.clientMessageID);
    this.composer.restore(message.text);
    this.setRunning(false);
    this.redraw();
  }

  act(command) {
    this.line.send({ ...command, conversation: this.conversation });
  }

  /** A card was answered: the focus goes on to the next that waits, or back to where the reader writes. */
  decided() {
    this.composer.focus();
  }

  startNew() {
    this.sidebar.setOpen(false);
    this.sidebar.endSearch();
    if (location.pathname !== "/") history.pushState(null, "", "/");
    this.show(null, randomID());
    this.composer.focus();
  }

  open(id, entry = null) {
    this.wantedEntry = entry;
    if (id === this.conversation) return this.goToWanted();
    history.pushState(null, "", `/c/${encodeURIComponent(id)}`);
    this.show(id);
  }

  /**
   * Shows a conversation (or the empty page) once the server has told what is in it.
   * `draft` is a new chat; without it the one whose first message is on its way.
   */
  show(id, draft = null) {
    this.conversation = id;
    this.draft = id === null ? draft ?? this.outbox.latestDraft ?? randomID() : null;
    this.sequence = null;
    this.transcript.clear();
    this.setRunning(this.waitingHere.length > 0);
    this.composer.open(id);
    this.sidebar.setCurrent(id);
    this.header.hideFailure();
    this.showUsage(null);
    this.follower.follow();
    if (this.line.isUp) this.look();
    this.showPending();
    this.redraw();
  }

  /** Tells the server what is shown. A new chat whose first message is on its way is shown by that. */
  look() {
    if (this.conversation) this.line.send({ type: "open", id: this.conversation });
    else if (this.waitingHere.length === 0) this.line.send({ type: "new" });
  }

  // What the line says.

  lineState(state, detail) {
    this.header.setLine(state === "refused" ? "up" : state);
    if (state === "refused") {
      // Sent again it would be refused again, also after a reload: it goes back to where it was written.
      for (const message of [...this.outbox.all]) this.takeBack(message);
      this.header.showFailure({
        what: "The chat did not understand this page.", why: detail, whatNow: "Reload the page. What was not sent is in the message field.",
      });
    }
    this.transcript.setPendingWaits(state !== "up");
    this.redraw();
    if (state !== "up") return;
    // Messages that the server may not have got: the same id makes a second arrival harmless. Each makes the server show its conversation,
    // so those of the chat that is shown come last.
    const here = this.waitingHere;
    const elsewhere = this.outbox.all.filter((message) => !here.includes(message));
    for (const { draft, ...command } of [...elsewhere, ...here]) this.line.send(command);
    if (elsewhere.length > 0 && here.length === 0) this.look();
  }

  take(event) {
    if (event.conversation !== undefined) this.takeOfConversation(event);
    else this.takeOfLine(event);
  }

  takeOfLine(event) {
    switch (event.type) {
      case "welcome":
        this.environment = event;
        this.header.setModel(event.model);
        this.header.setServers(event.servers);
        this.composer.setLimits(event.limits);
        byId("user").textContent = event.user.name ?? "This browser";
        break;
      case "model":
        // After a reconnect such an event may come before the welcome, which then has the same.
        if (this.environment) this.environment.model = event.model;
        this.header.setModel(event.model);
        break;
      case "servers":
        if (this.environment) this.environment.servers = event.servers;
        this.header.setServers(event.servers);
        break;
      case "limits": this.composer.setLimits(event.limits); break;
      case "conversations": this.sidebar.set(event.conversations); break;
      case "conversationChanged": this.sidebar.put(event.summary); break;
      case "conversationDeleted":
        this.sidebar.remove(event.id);
        if (event.id === this.conversation) this.startNew();
        // What waits to be sent there can only be sent somewhere else.
        for (const message of [...this.outbox.of(event.id)]) {
          this.outbox.remove(message.clientMessageID);
          this.composer.restore(message.text);
        }
        break;
      case "signInPage": goToSignIn(event.url); break;
      case "searchResults": this.sidebar.showHits(event.query, event.hits); break;
      case "commandFailed": this.commandFailed(event); break;
    }
    this.redraw();
  }

  commandFailed({ failure, clientMessageID }) {
    const message = this.outbox.get(clientMessageID);
    if (message) this.takeBack(message);
    this.transcript.enable();
    this.header.showFailure(failure);
  }

  takeOfConversation(event) {
    if (event.type === "conversationChanged") this.sidebar.put(event.summary);
    // What arrived is confirmed whatever is shown.
    if (event.type === "entry") this.confirm(event.entry);
    if (event.type === "snapshot") {
      this.takeReceipt(event);
      for (const entry of event.entries) this.confirm(entry);
      if (event.conversation === this.conversation) this.takeSnapshot(event);
      return;
    }
    if (event.conversation !== this.conversation) return;
    // A snapshot comes first; until then nothing can be placed.
    if (this.sequence === null) return;
    if (event.sequence !== undefined) {
      if (event.sequence <= this.sequence) return;
      if (event.sequence > this.sequence + 1) {
        // Something is missing: ask for the whole rather than show half.
        this.line.send({ type: "open", id: this.conversation });
        return;
      }
      this.sequence = event.sequence;
    }
    this.apply(event);
    // Pieces of text come often and change nothing else, once the first of them has ended the waiting.
    if (event.type !== "text" || !byId("working").hidden) this.redraw();
  }

  /** The server says where a message of this page stands. The first one of a new chat gives that its conversation. */
  takeReceipt({ conversation, receipt }) {
    const message = receipt ? this.outbox.get(receipt.clientMessageID) : null;
    if (!message) return;
    if (message.conversation === null) {
      const isHere = this.waitingHere.includes(message);
      this.outbox.place(message, conversation);
      if (isHere) this.adopt(conversation);
    }
    if (this.stopped.delete(message.clientMessageID)) this.line.send({ type: "stop", conversation });
    // It was taken before, and may have been edited away since.
    if (receipt.repeated) this.drop(message.clientMessageID);
  }

  adopt(conversation) {
    this.conversation = conversation;
    this.draft = null;
    history.replaceState(null, "", `/c/${encodeURIComponent(conversation)}`);
    this.composer.adopt(conversation);
    this.sidebar.setCurrent(conversation);
  }

  takeSnapshot(event) {
    this.sequence = event.sequence ?? 0;
    this.sidebar.put(event.summary);
    this.transcript.replace(event.entries);
    this.setRunning(event.running || this.waitingHere.length > 0);
    this.showUsage(event.usage);
    this.redraw();
    this.goToWanted();
  }

  confirm(entry) {
    if (entry.kind === "user" && this.outbox.get(entry.clientMessageID)) this.drop(entry.clientMessageID);
  }

  drop(clientMessageID) {
    this.outbox.remove(clientMessageID);
    this.transcript.dropPending(clientMessageID);
  }

  apply(event) {
    switch (event.type) {
      case "entry": this.transcript.put(event.entry); break;
      case "text": this.transcript.append(event.message, event.delta); break;
      case "progress": this.transcript.progress(event.call, event.progress); break;
      case "truncate": this.transcript.truncate(event.from); break;
      case "turnStarted":
        this.setRunning(true);
        this.announce("Answering");
        break;
      case "turnFinished":
        this.setRunning(false);
        if (event.usage) this.showUsage(event.usage);
        this.announce(ENDS[event.reason] ?? "Answer complete");
        break;
    }
  }

  // What is shown.

  cardWaits(view) {
    this.announce(view.question);
    this.follower.onlyIfFollowing();
    // Someone who is writing keeps the focus, also in the card itself: a key meant for the text must not answer the question.
    requestAnimationFrame(() => {
      const isBusy = this.composer.hasText || document.querySelector("dialog[open]") || view.element.contains(document.activeElement);
      if (view.waits && !isBusy) view.focusDefault();
    });
  }

  setRunning(running) {
    this.isRunning = running;
    this.composer.setRunning(running);
  }

  redraw() {
    const empty = this.conversation === null && this.transcript.isEmpty;
    byId("empty").hidden = !empty || !this.environment;
    if (empty && this.environment) showEmpty({ environment: this.environment, onAsk: (text) => this.send(text, false) });
    const waiting = this.transcript.firstWaiting;
    const last = this.transcript.last;
    const writes = last?.append && !last.isEmpty && last.message.state === "streaming";
    byId("working").hidden = !this.isRunning || !this.line.isUp || Boolean(waiting) || Boolean(writes);
    const title = (this.conversation && this.sidebar.title(this.conversation)) || "New chat";
    this.header.setTitle(title);
    document.title = waiting ? `Waiting for you: ${title}` : title;
  }

  showUsage(usage) {
    const total = usage ? usage.input + usage.output : 0;
    byId("usage").textContent = total ? `${new Intl.NumberFormat("en").format(total)} tokens in this chat` : "";
  }

  showPending() {
    for (const message of this.waitingHere) {
      if (message.type === "send") this.transcript.showPending({ ...message, waits: !this.line?.isUp });
    }
  }

  goToWanted() {
    if (!this.wantedEntry) return;
    const entry = this.wantedEntry;
    this.wantedEntry = null;
    this.follower.release();
    requestAnimationFrame(() => this.transcript.show(entry));
  }

  announce(text) {
    byId("announcer").textContent = text;
  }
}

/** Leaves for the page where the reader signs in, which leads back here. What is being written is kept. */
function goToSignIn(address) {
  const url = safeAddress(address);
  if (url && url.protocol !== "mailto:") location.assign(url.href);
}

function conversationInAddress() {
  const match = /^\/c\/([^/]+)$/.exec(location.pathname);
  return match ? decodeURIComponent(match[1]) : null;
}

new Chat();
