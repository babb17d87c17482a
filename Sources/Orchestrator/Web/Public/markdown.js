// Markdown as DOM nodes, for whole texts and for text that grows.

import { copyButton, h } from "./dom.js";
import { blocksOf } from "./markdown-blocks.js";
import { inline } from "./markdown-inline.js";

/**
 * Which heading a message's heading becomes. The page has its own first one; below it no level is left out, whatever the
 * message does, so that the outline that assistive technology shows is one. How large it looks is the message's choice.
 */
class Outline {
  constructor(open = []) {
    this.open = open;
  }

  tagFor(level) {
    while (this.open.length > 0 && this.open.at(-1) >= level) this.open.pop();
    this.open.push(level);
    return `h${Math.min(6, this.open.length + 1)}`;
  }

  copy() {
    return new Outline([...this.open]);
  }
}

/** Builds the node of one block. */
function nodeOf(block, outline) {
  switch (block.type) {
    case "heading": return h(outline.tagFor(block.level), { class: `level-${Math.min(4, block.level)}` }, inline(block.text));
    case "rule": return h("hr");
    case "code": return codeBlock(block.text, block.language);
    case "quote": return h("blockquote", {}, block.blocks.map((child) => nodeOf(child, outline)));
    case "list": return listOf(block, outline);
    case "table": return tableOf(block);
    default: return h("p", {}, inline(block.text));
  }
}

export function codeBlock(text, language = "") {
  const code = h("code", {}, text);
  return h(
    "div",
    { class: "code" },
    h("div", { class: "code-head" }, h("span", {}, language || "text"), copyButton(() => code.textContent)),
    h("pre", { tabindex: "0", role: "group", "aria-label": language ? `Code, ${language}` : "Code" }, code),
  );
}

function listOf(block, outline) {
  const items = block.items.map((item) => {
    const inner = item.blocks.flatMap((child) => (child.type === "paragraph" && !block.loose ? inline(child.text) : [nodeOf(child, outline)]));
    if (item.task === null) return h("li", {}, inner);
    const box = h("input", { type: "checkbox", disabled: true, checked: item.task, "aria-label": item.task ? "Done" : "Open" });
    return h("li", { class: "task" }, box, " ", inner);
  });
  return block.ordered ? h("ol", { start: block.from === 1 ? null : block.from }, items) : h("ul", {}, items);
}

function tableOf(block) {
  const cell = (tag, text, column) =>
    h(tag, { class: block.align[column] ? `align-${block.align[column]}` : null, scope: tag === "th" ? "col" : null }, inline(text));
  const table = h(
    "table",
    {},
    h("thead", {}, h("tr", {}, block.header.map((text, column) => cell("th", text, column)))),
    h("tbody", {}, block.rows.map((row) => h("tr", {}, row.map((text, column) => cell("td", text, column))))),
  );
  return h("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" }, table);
}

/**
 * A text that grows at its end. Blocks before the last are never built again: a new piece of text costs what the last block
 * costs, however long the message is. Frames draw, not pieces: many pieces in one frame are drawn once.
 */
export class GrowingMarkdown {
  #text = "";
  #settled = 0;
  #last = [];
  #outline = new Outline();
  #frame = 0;

  constructor(element) {
    this.element = element;
  }

  get text() {
    return this.#text;
  }

  /** Takes the whole text anew. What is the same beginning stays as it is. */
  set(text) {
    if (text === this.#text) return;
    if (!text.startsWith(this.#text)) {
      this.#settled = 0;
      this.#last = [];
      this.#outline = new Outline();
      this.element.replaceChildren();
    }
    this.#text = text;
    this.#draw();
  }

  append(piece) {
    this.#text += piece;
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    for (const node of this.#last) node.remove();
    const blocks = blocksOf(this.#text.slice(this.#settled));
    let before = this.#outline;
    const nodes = blocks.map((block) => {
      before = this.#outline.copy();
      return nodeOf(block, this.#outline);
    });
    // The last block is built again with the next piece, from where the outline was before it.
    this.#outline = before;
    for (const node of nodes) this.element.append(node);
    this.#last = nodes.slice(-1);
    this.#settled += blocks.at(-1)?.start ?? 0;
  }
}
