// Questions and lists in front of the page. The browser's own dialog keeps the focus inside and gives it back.

import { button, h } from "./dom.js";

let serial = 0;

function open(content, { title, kind = "" }) {
  serial += 1;
  const id = `dialog-${serial}`;
  const dialog = h("dialog", { class: `dialog ${kind}`, "aria-labelledby": id }, h("h2", { id }, title), content);
  const returnTo = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (returnTo instanceof HTMLElement && returnTo.isConnected) returnTo.focus();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks before something that cannot be undone; the safe answer has the focus. */
export function ask({ title, text, yes }) {
  return new Promise((resolve) => {
    let answer = false;
    const dialog = open(
      h(
        "div",
        {},
        h("p", {}, text),
        h(
          "div",
          { class: "buttons" },
          button("Keep", { onClick: () => dialog.close(), autofocus: true }),
          button(yes, { kind: "button danger", onClick: () => { answer = true; dialog.close(); } }),
        ),
      ),
      { title },
    );
    dialog.addEventListener("close", () => resolve(answer));
  });
}

const KEYS = [
  ["Enter", "Send the message"],
  ["Shift+Enter", "Start a new line"],
  ["Esc", "Stop the answer, or close what is open"],
  ["Ctrl+K", "Search conversations"],
  ["Ctrl+Shift+O", "New chat"],
  ["↑", "In an empty message field: edit the last message"],
  ["?", "Show this list"],
];

export function showKeys() {
  if (document.querySelector("dialog.keys")) return;
  const rows = KEYS.map(([keys, what]) =>
    h("div", {}, h("dt", {}, keys.split("+").flatMap((key, index) => [index ? "+" : null, h("kbd", {}, key)])), h("dd", {}, what)));
  const dialog = open(
    h("div", {}, h("dl", {}, rows), h("div", { class: "buttons" }, button("Close", { onClick: () => dialog.close() }))),
    { title: "Keyboard shortcuts", kind: "keys" },
  );
}
