// The card of a question that a server asks: who, why, a form or a page elsewhere, and three answers.

import { button, fill, h, icon } from "./dom.js";
import { addressParts, pageAddress, warningTexts } from "./page-address.js";
import { pairsView } from "./result-view.js";
import { schemaForm } from "./schema-form.js";

const WORDS = {
  waiting: "Waiting for you", accepted: "Answered", declined: "Declined", cancelled: "Cancelled", closed: "No longer asked",
};

export class ElicitationCard {
  #question = null;

  constructor(question, { act, onDecided }) {
    this.act = act;
    this.onDecided = onDecided;
    this.body = h("div", { class: "card-body" });
    this.word = h("span", { class: "state-word" });
    this.element = h(
      "div",
      { class: "entry card elicitation", role: "group", tabindex: "-1" },
      h("div", { class: "card-head" }, icon("question"), h("span", { class: "tool-name" }, `${question.server} asks`), this.word),
      this.body,
    );
    this.update(question);
  }

  update(question) {
    const before = this.#question;
    this.#question = question;
    this.element.dataset.state = question.state;
    this.element.setAttribute("aria-label", `${question.server} asks, ${WORDS[question.state]}`);
    this.word.textContent = WORDS[question.state];
    // The same question again (after a reconnect) keeps what the reader has filled in.
    if (before?.state === question.state && question.state === "waiting") return;
    this.#build();
  }

  remove() {
    this.element.remove();
  }

  get waits() {
    return this.#question.state === "waiting";
  }

  get question() {
    return `${this.#question.server} asks: ${this.#question.message}`;
  }

  focusDefault() {
    (this.body.querySelector("input, select, textarea, [data-default]") ?? this.element).focus({ preventScroll: true });
  }

  #answer(action, content) {
    this.act({ type: "answer", id: this.#question.id, action, content });
    for (const element of this.body.querySelectorAll("button, input, select, textarea")) element.disabled = true;
    this.onDecided();
  }

  #build() {
    const question = this.#question;
    const message = h("p", { class: "ask" }, question.message);
    const about = question.tool ? h("p", { class: "muted" }, `For ${question.server}.${question.tool}. Do not enter passwords here.`) : null;
    if (question.state !== "waiting") {
      fill(this.body, message, question.content ? pairsView(Object.entries(question.content)) : null);
    } else if (question.url !== undefined) {
      fill(this.body, message, about, this.#page(question.url));
    } else {
      fill(this.body, message, about, this.#form(question.schema));
    }
  }

  #form(schema) {
    const form = schemaForm(schema);
    const element = h("form", { novalidate: true }, form.element, h(
      "div",
      { class: "buttons" },
      h("button", { type: "submit", class: "button main", "data-default": true }, h("span", {}, "Send")),
      button("Decline", { onClick: () => this.#answer("decline") }),
      button("Cancel", { onClick: () => this.#answer("cancel") }),
    ));
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const { content, firstInvalid } = form.read();
      if (firstInvalid) firstInvalid.focus();
      else this.#answer("accept", content);
    });
    return element;
  }

  /** A page elsewhere: its address in full, as the server gave it, opened only by a click, never fetched before. */
  #page(address) {
    const url = pageAddress(address);
    const others = [
      button("Decline", { onClick: () => this.#answer("decline") }),
      button("Cancel", { onClick: () => this.#answer("cancel") }),
    ];
    if (!url) {
      return [h("p", { class: "field-error" }, `The address it gives cannot be opened safely: ${address}`), h("div", { class: "buttons" }, others)];
    }
    const open = h(
      "a",
      { class: "button main", href: url.href, target: "_blank", rel: "noopener noreferrer", "data-default": true, on: { click: () => this.#answer("accept") } },
      icon("external"),
      h("span", {}, `Open ${url.host}`),
    );
    const { before, host, after } = addressParts(address);
    return [
      h("p", { class: "muted" }, "It wants to open a page outside this chat:"),
      h("p", { class: "address" }, before, h("strong", {}, host), after),
      ...warningTexts(this.#question.warnings, url).map((text) => h("p", { class: "field-error" }, text)),
      h("div", { class: "buttons" }, open, others),
    ];
  }
}
