// The list of conversations by day, search, and the drawer that both are in on a narrow screen.

import { button, byId, h, icon } from "./dom.js";
import { ask } from "./dialogs.js";
import { dayGroup, relativeText } from "./times.js";

const SEARCH_DELAY = 180;

export class Sidebar {
  #conversations = new Map();
  #current = null;
  #timer = 0;
  #hits = null;

  constructor({ onOpen, onNew, onSearch, onRename, onDelete }) {
    Object.assign(this, { onOpen, onRename, onDelete });
    this.element = byId("sidebar");
    this.list = byId("conversations");
    this.input = byId("search");
    this.veil = byId("veil");
    this.opener = byId("open-sidebar");
    this.narrow = matchMedia("(max-width: 899px)");
    byId("new-chat").addEventListener("click", () => onNew());
    this.opener.addEventListener("click", () => this.setOpen(true));
    byId("close-sidebar").addEventListener("click", () => this.setOpen(false));
    this.veil.addEventListener("click", () => this.setOpen(false));
    this.input.addEventListener("input", () => {
      clearTimeout(this.#timer);
      const query = this.input.value.trim();
      if (query === "") this.endSearch();
      else this.#timer = setTimeout(() => onSearch(query), SEARCH_DELAY);
    });
    this.narrow.addEventListener("change", () => this.setOpen(false));
    this.setOpen(false);
    this.#draw();
  }

  get isOpen() {
    return this.element.classList.contains("open");
  }

  /** Below 900 px the list is a drawer: what is behind it cannot be reached while it is open. */
  setOpen(open) {
    const asDrawer = this.narrow.matches;
    const was = this.isOpen;
    this.element.classList.toggle("open", open && asDrawer);
    this.element.inert = asDrawer && !open;
    byId("column").inert = asDrawer && open;
    this.veil.hidden = !(asDrawer && open);
    this.opener.setAttribute("aria-expanded", String(open && asDrawer));
    if (open && asDrawer) byId("new-chat").focus();
    else if (was) this.opener.focus();
  }

  startSearch() {
    this.setOpen(true);
    this.input.focus();
    this.input.select();
  }

  endSearch() {
    const had = this.input.value !== "" || this.#hits !== null;
    this.input.value = "";
    this.#hits = null;
    this.#draw();
    return had;
  }

  showHits(query, hits) {
    if (query !== this.input.value.trim()) return;
    this.#hits = { query, hits };
    this.#draw();
  }

  set(conversations) {
    this.#conversations = new Map(conversations.map((summary) => [summary.id, summary]));
    this.#draw();
  }

  put(summary) {
    this.#conversations.set(summary.id, summary);
    this.#draw();
  }

  remove(id) {
    this.#conversations.delete(id);
    this.#draw();
  }

  setCurrent(id) {
    this.#current = id;
    this.#draw();
  }

  title(id) {
    return this.#conversations.get(id)?.title ?? null;
  }

  #draw() {
    const focused = this.list.contains(document.activeElement) ? document.activeElement.closest("[data-id]")?.dataset.id : null;
    this.list.replaceChildren(...(this.#hits ? this.#hitList() : this.#days()));
    if (focused) this.list.querySelector(`[data-id="${CSS.escape(focused)}"] a`)?.focus();
  }

  #days() {
    const sorted = [...this.#conversations.values()].sort((one, other) => (one.updatedAt < other.updatedAt ? 1 : -1));
    if (sorted.length === 0) return [h("p", { class: "list-note" }, "Conversations will be listed here.")];
    const groups = Map.groupBy ? Map.groupBy(sorted, (each) => dayGroup(new Date(each.updatedAt))) : grouped(sorted);
    return [...groups].map(([day, items]) => h("section", {}, h("h2", {}, day), h("ul", {}, items.map((item) => this.#row(item)))));
  }

  #row(summary) {
    const here = summary.id === this.#current;
    const link = h(
      "a",
      { href: `/c/${encodeURIComponent(summary.id)}`, "aria-current": here ? "page" : null, title: `${summary.title}\n${relativeText(new Date(summary.updatedAt))}` },
      summary.title,
    );
    this.#follow(link, summary.id);
    const row = h(
      "li",
      { "data-id": summary.id },
      link,
      h("button", { type: "button", class: "icon-button small", "aria-label": `Rename ${summary.title}`, title: "Rename", on: { click: () => this.#rename(row, summary) } }, icon("pencil")),
      h("button", { type: "button", class: "icon-button small", "aria-label": `Delete ${summary.title}`, title: "Delete", on: { click: () => this.#delete(summary) } }, icon("trash")),
    );
    return row;
  }

  #follow(link, id, entry) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.setOpen(false);
      this.onOpen(id, entry);
    });
  }

  #rename(row, summary) {
    const input = h("input", { type: "text", value: summary.title, "aria-label": "New title", maxlength: 120 });
    let ended = false;
    const end = (title) => {
      if (ended) return;
      ended = true;
      if (title && title !== summary.title) {
        this.put({ ...summary, title });
        this.onRename(summary.id, title);
      } else {
        this.#draw();
      }
      this.list.querySelector(`[data-id="${CSS.escape(summary.id)}"] a`)?.focus();
    };
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") end(input.value.trim());
      if (event.key === "Escape") end(null);
      if (event.key === "Enter" || event.key === "Escape") event.stopPropagation();
    });
    input.addEventListener("blur", () => end(input.value.trim()));
    row.replaceChildren(input);
    input.focus();
    input.select();
  }

  async #delete(summary) {
    const sure = await ask({
      title: "Delete this conversation?",
      text: `“${summary.title}” and all that was said in it will be gone.`,
      yes: "Delete",
    });
    if (sure) this.onDelete(summary.id);
    this.list.focus({ preventScroll: true });
  }

  #hitList() {
    const { query, hits } = this.#hits;
    const head = h("div", { class: "hits-head" },
      h("p", { class: "list-note", role: "status" }, hits.length === 0 ? `Nothing found for “${query}”.` : `${hits.length} found for “${query}”`),
      button("Clear", { kind: "quiet-button", onClick: () => { this.endSearch(); this.input.focus(); } }));
    const items = hits.map((hit) => {
      const link = h(
        "a",
        { class: "hit", href: `/c/${encodeURIComponent(hit.summary.id)}` },
        h("span", { class: "hit-title" }, hit.summary.title),
        h("span", { class: "hit-snippet" }, marked(hit.snippet, query)),
      );
      this.#follow(link, hit.summary.id, hit.entry);
      return h("li", {}, link);
    });
    return [head, h("ul", {}, items)];
  }
}

function grouped(items) {
  const groups = new Map();
  for (const item of items) {
    const day = dayGroup(new Date(item.updatedAt));
    groups.set(day, [...(groups.get(day) ?? []), item]);
  }
  return groups;
}

/** The snippet with the words of the query marked. */
function marked(text, query) {
  const words = query.split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const parts = text.split(new RegExp(`(${words.join("|")})`, "giu"));
  return parts.map((part, index) => (index % 2 === 1 ? h("mark", {}, part) : part));
}
