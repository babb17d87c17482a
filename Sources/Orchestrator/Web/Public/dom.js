// Building DOM nodes. Nothing in this page parses text as HTML: the content security policy forbids it (trusted types).

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element. `attributes`: `on` holds listeners, `true` sets an empty attribute, null, undefined and false leave it out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name === "value") {
      element.value = value;
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

/** Puts these in the place of what an element holds; null, undefined and false stand for nothing, as in `h`. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

function append(element, children) {
  // One by one: there may be more of them than a call takes arguments.
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

export const byId = (id) => document.getElementById(id);

const paths = {
  chevron: "M7 5l5 5l-5 5",
  copy: "M7 7h9v9H7zM13 7V4H4v9h3",
  check: "M4 10.5l4 4l8-9",
  pencil: "M4 16l1-4l8-8l3 3l-8 8zM11.5 5.5l3 3",
  trash: "M4 6h12M8 6V4h4v2M6 6l1 10h6l1-10",
  external: "M11 4h5v5M16 4l-7 7M8 5H4v11h11v-4",
  alert: "M10 3.5l7.5 13h-15zM10 8v4M10 14.2v.1",
  question: "M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14M7.8 8a2.2 2.2 0 1 1 3.2 2q-1 .5-1 1.6M10 13.9v.1",
  close: "M5 5l10 10M15 5L5 15",
};

/** An icon for the eye only; the element around it carries the name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}

/** A button with a word, and an icon where one is named. */
export function button(label, { iconName, kind = "button", onClick, ...attributes } = {}) {
  return h(
    "button",
    { type: "button", class: kind, on: { click: onClick }, ...attributes },
    iconName ? icon(iconName) : null,
    h("span", {}, label),
  );
}

/** Puts text on the clipboard; where the page is not served securely, through a selection. */
export async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = h("textarea", { class: "unseen", value: text, "aria-hidden": "true" });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** A Copy button that says when it is done. */
export function copyButton(text, label = "Copy") {
  const word = h("span", {}, label);
  const element = h("button", { type: "button", class: "quiet-button" }, icon("copy"), word);
  element.addEventListener("click", async () => {
    try {
      await copyText(text());
      word.textContent = "Copied";
    } catch {
      word.textContent = "Not copied";
    }
    setTimeout(() => (word.textContent = label), 2000);
  });
  return element;
}
