// Times are shown relative to now, with the exact one on hover, and kept fresh.

import { h } from "./dom.js";

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const short = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

export function relativeText(date, now = new Date()) {
  const seconds = Math.round((date - now) / 1000);
  if (Math.abs(seconds) < 45) return "just now";
  if (Math.abs(seconds) < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (Math.abs(seconds) < 22 * 3600) return relative.format(Math.round(seconds / 3600), "hour");
  return short.format(date);
}

/** A time element; `refreshTimes` keeps its text right. */
export function timeElement(text) {
  const date = new Date(text);
  return h("time", { datetime: text, title: exact.format(date) }, relativeText(date));
}

export function refreshTimes(root = document) {
  const now = new Date();
  for (const element of root.querySelectorAll("time[datetime]")) {
    const fresh = relativeText(new Date(element.dateTime), now);
    if (element.textContent !== fresh) element.textContent = fresh;
  }
}

/** "0.4 s", "12 s", "2 min 5 s". */
export function elapsedText(milliseconds) {
  if (milliseconds < 1000) return `${Math.max(1, Math.round(milliseconds))} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

const dayName = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const monthAndYear = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" });

/** The heading in the list under which a conversation of that day stands. */
export function dayGroup(date, now = new Date()) {
  const midnight = (day) => new Date(day.getFullYear(), day.getMonth(), day.getDate());
  const days = Math.round((midnight(now) - midnight(date)) / 86400000);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days < 7) return dayName.format(date);
  if (date.getFullYear() === now.getFullYear()) return dayAndMonth.format(date);
  return monthAndYear.format(date);
}
