// A tool's result as what it is: rows as a table, mail as sender, subject and snippet, anything else as formatted JSON.
// Nothing here knows a tool: the shape of the data decides.

import { copyButton, h } from "./dom.js";
import { ExactNumber, parseJSON } from "./exact-json.js";
import { GrowingMarkdown, codeBlock } from "./markdown.js";
import { linkTo } from "./markdown-inline.js";
import { timeElement } from "./times.js";

const ROWS_AT_FIRST = 50;
const LONG_TEXT = 400;
const numbers = new Intl.NumberFormat("en");

const isPlain = (value) => value === null || typeof value !== "object" || value instanceof ExactNumber;
const isObject = (value) => !isPlain(value) && !Array.isArray(value);

/** @returns {{node: Node, summary: string}} what the open card shows, and a few words for the closed one */
export function resultView(result) {
  const data = result.structured ?? jsonIn(result.content);
  if (data !== undefined && !result.isError) {
    const view = dataView(data);
    const rest = result.content.filter((block) => block.type !== "text").map(blockView);
    return { node: h("div", { class: "result" }, view.node, rest), summary: view.summary };
  }
  return { node: h("div", { class: "result" }, result.content.map(blockView)), summary: textSummary(result.content) };
}

function jsonIn(content) {
  const texts = content.filter((block) => block.type === "text");
  if (texts.length !== 1 || !/^\s*[[{]/.test(texts[0].text)) return undefined;
  try {
    return parseJSON(texts[0].text);
  } catch {
    return undefined;
  }
}

function textSummary(content) {
  const text = content.find((block) => block.type === "text")?.text.trim().split("\n")[0] ?? "";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

// Content blocks (MCP, server/tools).

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

function blockView(block) {
  switch (block.type) {
    case "text": return textView(block.text);
    case "image":
      if (!PICTURES.includes(block.mimeType)) return h("p", { class: "muted" }, `A picture of the kind ${block.mimeType}, which is not shown.`);
      return h("img", { class: "picture", src: `data:${block.mimeType};base64,${block.data}`, alt: "Picture from the tool" });
    case "resource_link":
      return h("p", {}, linkTo(block.uri, [block.title ?? block.name ?? block.uri], block.title ?? block.name ?? block.uri));
    case "resource":
      return block.resource?.text === undefined
        ? h("p", { class: "muted" }, `${block.resource?.uri ?? "A resource"} (${block.resource?.mimeType ?? "no text"})`)
        : codeBlock(block.resource.text, block.resource.uri);
    default: return jsonView(block);
  }
}

function textView(text) {
  const element = h("div", { class: "prose small" });
  new GrowingMarkdown(element).set(text);
  return element;
}

// Data.

function dataView(data) {
  const rows = rowsOf(data);
  if (rows) return rowsView(rows);
  const mails = mailsOf(data);
  if (mails) return mailsView(mails);
  if (isMail(data)) return { node: mailView(data), summary: String(data.subject) };
  if (isObject(data)) {
    const lists = Object.entries(data).filter(([, value]) => isList(value));
    const others = Object.entries(data).filter(([, value]) => !isList(value));
    if (lists.length === 1 && others.every(([, value]) => isPlain(value))) {
      const [name, items] = lists[0];
      const total = totalOf(data, items.length);
      const view = rowsView({ ...tableOfObjects(items), total, noun: name });
      return { node: h("div", {}, view.node, pairsView(others.filter(([key]) => !isCount(key)))), summary: view.summary };
    }
    if (Object.values(data).every(isPlain)) return { node: pairsView(Object.entries(data)), summary: pairSummary(data) };
  }
  if (isList(data)) return rowsView({ ...tableOfObjects(data), total: data.length });
  return { node: jsonView(data), summary: Array.isArray(data) ? countText(data.length, "item") : "" };
}

const isCount = (key) => /^(total|count|row_?count|total_?(rows|count|matches)|truncated|returned)$/i.test(key);

function totalOf(data, shown) {
  for (const [key, value] of Object.entries(data)) {
    if (/^(total|total_?(rows|count|matches)|row_?count|count)$/i.test(key) && typeof value === "number" && value >= shown) return value;
  }
  return data.truncated === true || data.isTruncated === true ? null : shown;
}

/** Objects with plain values, so that each can be a row. */
function isList(value) {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isObject(item) && Object.values(item).some(isPlain));
}

function rowsOf(data) {
  if (!isObject(data) || !Array.isArray(data.columns) || !Array.isArray(data.rows)) return null;
  const columns = data.columns.map((column) => (isObject(column) ? String(column.name ?? "") : String(column)));
  if (!data.rows.every((row) => Array.isArray(row) || isObject(row))) return null;
  const rows = data.rows.map((row) => (Array.isArray(row) ? row : columns.map((name) => row[name])));
  const types = data.columns.map((column) => (isObject(column) ? String(column.type ?? "") : ""));
  return { columns, types, rows, total: totalOf(data, rows.length) };
}

function tableOfObjects(items) {
  const columns = [...new Set(items.flatMap((item) => Object.keys(item)))];
  return { columns, rows: items.map((item) => columns.map((name) => item[name])) };
}

const countText = (count, noun) => `${numbers.format(count)} ${count === 1 ? noun : `${noun}s`}`;

/** Exact numbers may come as text; the type of their column says that they are numbers. */
const NUMBER_TYPE = /int|numeric|decimal|real|double|float|money/i;

function rowsView({ columns, types = [], rows, total, noun }) {
  const isNumber = (value, type) => typeof value === "number" || value instanceof ExactNumber || (typeof value === "string" && NUMBER_TYPE.test(type) && /^-?[\d.]+$/.test(value));
  const numeric = columns.map((_, column) => rows.every((row) => row[column] === null || isNumber(row[column], types[column] ?? "")));
  const decimals = columns.map((_, column) => (numeric[column] ? decimalsOf(rows, column) : 0));
  const body = h("tbody");
  const line = (row) =>
    h("tr", {}, columns.map((_, column) => h("td", { class: numeric[column] ? "number" : null }, cellOf(row[column], decimals[column]))));
  body.append(...rows.slice(0, ROWS_AT_FIRST).map(line));
  const table = h(
    "table",
    {},
    h("thead", {}, h("tr", {}, columns.map((name, column) => h("th", { scope: "col", class: numeric[column] ? "number" : null }, name)))),
    body,
  );
  const what = noun && /^[a-z_ ]+$/i.test(noun) ? noun.replaceAll("_", " ") : rows.length === 1 && total === 1 ? "row" : "rows";
  const count =
    total === null ? `first ${numbers.format(rows.length)} ${what}`
    : total === rows.length ? `${numbers.format(total)} ${what}`
    : `${numbers.format(rows.length)} of ${numbers.format(total)} ${what}`;
  const caption = h("p", { class: "count" }, count.charAt(0).toUpperCase() + count.slice(1));
  const scroll = h("div", { class: "table-scroll data", tabindex: "0", role: "group", "aria-label": `Result, ${count}` }, table);
  const node = h("div", {}, scroll, caption);
  if (rows.length > ROWS_AT_FIRST) {
    const more = h("button", { type: "button", class: "quiet-button" }, `Show all ${numbers.format(rows.length)}`);
    more.addEventListener("click", () => {
      const rest = document.createDocumentFragment();
      for (const row of rows.slice(ROWS_AT_FIRST)) rest.append(line(row));
      body.append(rest);
      more.remove();
      scroll.focus();
    });
    caption.append(" ", more);
  }
  return { node, summary: count };
}

/** Decimals of the most exact number in a column, so that all of them stand under each other. */
function decimalsOf(rows, column) {
  const most = rows.reduce((longest, row) => Math.max(longest, String(row[column] ?? "").split(".")[1]?.length ?? 0), 0);
  return most <= 4 && rows.every((row) => !/e/i.test(String(row[column]))) ? most : 0;
}

function cellOf(value, decimals = 0) {
  if (typeof value === "number" && decimals > 0) return value.toFixed(decimals);
  if (value === null || value === undefined) return h("span", { class: "null" }, "null");
  if (Array.isArray(value) && value.length === 0) return "";
  if (Array.isArray(value) && value.every((item) => isPlain(item) || typeof item.name === "string")) {
    return value.map((item) => (isPlain(item) ? String(item) : item.name)).join(", ");
  }
  if (!isPlain(value)) return h("code", {}, JSON.stringify(value));
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}

// Mail: recognised by a subject and a sender.

const senderOf = (mail) => mail.from ?? mail.sender;

function isMail(value) {
  return isObject(value) && typeof value.subject === "string" && (senderOf(value) !== undefined || value.to !== undefined);
}

function mailsOf(data) {
  const list = Array.isArray(data) ? data : isObject(data) ? Object.values(data).find((value) => Array.isArray(value)) : null;
  if (!list || list.length === 0 || !list.every(isMail)) return null;
  return { list, total: isObject(data) ? totalOf(data, list.length) : list.length };
}

function person(value) {
  if (Array.isArray(value)) return value.map(person).join(", ");
  if (isObject(value)) return value.name ? `${value.name} <${value.address ?? value.email ?? ""}>` : String(value.address ?? value.email ?? "");
  return String(value ?? "");
}

/** The name in front, the address after it. */
function senderView(value) {
  const text = person(value);
  const parts = /^\s*"?([^"<]*?)"?\s*<([^>]+)>\s*$/.exec(text);
  if (!parts || parts[1] === "") return h("span", { class: "mail-from" }, text);
  return h("span", { class: "mail-from" }, parts[1], " ", h("span", { class: "mail-address" }, parts[2]));
}

function mailsView({ list, total }) {
  const items = list.map((mail) =>
    h(
      "li",
      { class: "mail" },
      h("p", { class: "mail-top" }, senderView(senderOf(mail) ?? mail.to), dateOf(mail)),
      h("p", { class: "mail-subject" }, mail.subject || "(no subject)"),
      h("p", { class: "mail-snippet" }, mail.snippet ?? mail.preview ?? shortened(mail.body ?? mail.text ?? "")),
    ),
  );
  const summary =
    total === null ? `first ${countText(list.length, "message")}`
    : total > list.length ? `${numbers.format(list.length)} of ${countText(total, "message")}`
    : countText(list.length, "message");
  return { node: h("div", {}, h("ul", { class: "mails" }, items), h("p", { class: "count" }, summary)), summary };
}

function mailView(mail) {
  const body = mail.body ?? mail.text ?? mail.snippet;
  const rest = Object.entries(mail).filter(([key, value]) => !["body", "text", "snippet"].includes(key) && value !== null && value !== "" && value?.length !== 0);
  return h("div", {}, pairsView(rest.map(([key, value]) => [key, /^(from|sender|to|cc|bcc)$/.test(key) ? person(value) : value])),
    body ? h("div", { class: "mail-body" }, String(body)) : null);
}

function dateOf(mail) {
  const value = mail.date ?? mail.received ?? mail.receivedAt ?? mail.at;
  if (value === undefined || Number.isNaN(Date.parse(value))) return null;
  return timeElement(new Date(value).toISOString());
}

const shortened = (text) => (text.length > 160 ? `${text.slice(0, 160)}…` : text);

// Names and values, and JSON.

/** What a person would say of it in a few words; an id is nothing to say. */
function pairSummary(data) {
  const told = ["summary", "note", "message", "text", "subject", "title", "name", "status", "state"].map((key) => data[key]);
  const words = told.find((value) => typeof value === "string" && value !== "") ?? "";
  return words.length > 60 ? `${words.slice(0, 60)}…` : words;
}

/** A small table of name and value. Long values are folded. */
export function pairsView(entries) {
  if (entries.length === 0) return null;
  return h("dl", { class: "pairs" }, entries.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, valueView(value)))));
}

/** A list of plain values has one on each line; other structures are JSON. */
function textOf(value) {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.length > 0 && value.every((item) => isPlain(item) && !String(item).includes("\n"))) return value.join("\n");
  return JSON.stringify(value, null, typeof value === "object" ? 2 : 0);
}

/** A value in full, or its beginning with a button for the rest. */
export function valueView(value, { folded = true } = {}) {
  if (value === null || value === undefined) return h("span", { class: "null" }, "null");
  const text = textOf(value);
  if (!folded || text.length <= LONG_TEXT) return h("span", { class: "value" }, text);
  const shown = h("span", { class: "value" }, `${text.slice(0, LONG_TEXT)}…`);
  const more = h("button", { type: "button", class: "quiet-button", "aria-expanded": "false" }, `Show all ${numbers.format(text.length)} characters`);
  more.addEventListener("click", () => {
    const open = more.getAttribute("aria-expanded") !== "true";
    more.setAttribute("aria-expanded", String(open));
    shown.textContent = open ? text : `${text.slice(0, LONG_TEXT)}…`;
    more.textContent = open ? "Show less" : `Show all ${numbers.format(text.length)} characters`;
  });
  return h("span", {}, shown, " ", more);
}

function jsonView(value) {
  const text = JSON.stringify(value, null, 2);
  if (text.length > 100_000) {
    return h("div", {}, codeBlock(`${text.slice(0, 100_000)}\n…`, "json"), h("p", { class: "count" },
      `The first 100,000 of ${numbers.format(text.length)} characters. `, copyButton(() => text, "Copy all")));
  }
  return codeBlock(text, "json");
}
