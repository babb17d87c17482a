// The keys of the page. Each does one thing wherever the focus is; letters alone only outside of text fields.

import { showKeys } from "./dialogs.js";

export function startKeyboard(chat) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      chat.sidebar.startSearch();
    } else if (command && event.shiftKey && event.key.toLowerCase() === "o") {
      event.preventDefault();
      chat.startNew();
    } else if (event.key === "?" && !command && !event.altKey && !isTyping(event.target)) {
      event.preventDefault();
      showKeys();
    } else if (event.key === "Escape") {
      escape(event, chat);
    }
  });
}

/** One thing at a time, the nearest first: what is open closes; only then the answer stops. */
function escape(event, chat) {
  if (document.querySelector("dialog[open], :popover-open")) return;
  if (chat.sidebar.isOpen) {
    chat.sidebar.setOpen(false);
  } else if (event.target === chat.sidebar.input) {
    chat.sidebar.endSearch();
    chat.composer.focus();
  } else if (chat.composer.cancelEditing()) {
    // The draft from before is back.
  } else if (chat.isRunning) {
    chat.stop();
  } else {
    return;
  }
  event.preventDefault();
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
