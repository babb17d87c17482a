// Light, dark, or what the system says. Kept in a cookie so that the server draws the page in it from the first byte.

import { byId } from "./dom.js";

const order = ["system", "light", "dark"];

export function startTheme() {
  const root = document.documentElement;
  const button = byId("theme");
  const show = () => {
    button.title = `Theme: ${root.dataset.theme}`;
    button.setAttribute("aria-label", `Theme: ${root.dataset.theme}. Change`);
  };
  button.addEventListener("click", () => {
    const next = order[(order.indexOf(root.dataset.theme) + 1) % order.length];
    root.dataset.theme = next;
    document.cookie = `chat_theme=${next}; path=/; max-age=${400 * 24 * 3600}; samesite=lax`;
    show();
  });
  show();
}
