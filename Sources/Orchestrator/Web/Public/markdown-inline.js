// Markdown inside a line: emphasis, code, links. Everything becomes text nodes and known elements.

import { h, icon } from "./dom.js";

const ESCAPABLE = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/;
/** Emphasis and link texts longer than this are not looked for, so that no text takes more than linear time. */
const REACH = 4000;
const ADDRESS = /^(?:https?:\/\/|mailto:)[^\s<>"']+/i;

/** @returns {Node[]} */
export function inline(text, depth = 0) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(document.createTextNode(plain));
    plain = "";
  };
  const put = (node) => {
    flush();
    nodes.push(node);
  };
  let at = 0;
  while (at < text.length) {
    const taken = depth < 12 ? spanAt(text, at, depth) : null;
    if (taken) {
      put(taken.node);
      at = taken.end;
    } else if (text[at] === "\\" && ESCAPABLE.test(text[at + 1] ?? "")) {
      plain += text[at + 1];
      at += 2;
    } else if (text[at] === "\n") {
      const hard = plain.endsWith("  ") || plain.endsWith("\\");
      plain = plain.replace(/(?:\\| +)$/, "");
      if (hard) put(h("br"));
      else plain += "\n";
      at += 1;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function spanAt(text, at, depth) {
  switch (text[at]) {
    case "`": return code(text, at);
    case "*":
    case "_": return emphasis(text, at, depth);
    case "~": return struck(text, at, depth);
    case "!": return text[at + 1] === "[" ? link(text, at + 1, depth, true) : null;
    case "[": return link(text, at, depth, false);
    case "<": return bracketed(text, at);
    case "h":
    case "H": return bare(text, at);
    default: return null;
  }
}

function code(text, at) {
  const mark = /^`+/.exec(text.slice(at, at + 32))[0];
  let end = at + mark.length;
  for (;;) {
    end = text.indexOf(mark, end);
    if (end < 0) return null;
    if (text[end + mark.length] !== "`" && text[end - 1] !== "`") break;
    end += mark.length;
    while (text[end] === "`") end += 1;
  }
  let inner = text.slice(at + mark.length, end).replaceAll("\n", " ");
  if (/^ .*[^ ].* $/.test(inner)) inner = inner.slice(1, -1);
  return { node: h("code", {}, inner), end: end + mark.length };
}

const isWord = (character) => character !== undefined && /[\p{L}\p{N}]/u.test(character);
const isSpace = (character) => character === undefined || /\s/.test(character);

function emphasis(text, at, depth) {
  const mark = text[at];
  const double = text[at + 1] === mark;
  const run = double ? mark + mark : mark;
  const from = at + run.length;
  if (isSpace(text[from])) return null;
  // Inside a word an underscore is a character: snake_case stays as it is.
  if (mark === "_" && isWord(text[at - 1])) return null;
  let end = from;
  for (;;) {
    end = text.indexOf(run, end);
    if (end < 0 || end - from > REACH) return null;
    const closes = !isSpace(text[end - 1]) && text[end - 1] !== "\\" && !(mark === "_" && isWord(text[end + run.length]));
    if (closes && end > from && (double || (text[end + 1] !== mark && text[end - 1] !== mark))) break;
    if (closes && double && end > from) break;
    end += 1;
  }
  while (double && text[end + 2] === mark) end += 1;
  return { node: h(double ? "strong" : "em", {}, inline(text.slice(from, end), depth + 1)), end: end + run.length };
}

function struck(text, at, depth) {
  if (text[at + 1] !== "~" || isSpace(text[at + 2])) return null;
  const end = text.indexOf("~~", at + 2);
  if (end < 0) return null;
  return { node: h("del", {}, inline(text.slice(at + 2, end), depth + 1)), end: end + 2 };
}

function link(text, at, depth, isImage) {
  let level = 0;
  let close = at;
  const limit = Math.min(text.length, at + REACH);
  for (; close < limit; close += 1) {
    if (text[close] === "\\") close += 1;
    else if (text[close] === "[") level += 1;
    else if (text[close] === "]" && (level -= 1) === 0) break;
  }
  if (close >= limit || text[close + 1] !== "(") return null;
  const target = /^\(\s*(?:<([^<>\n]*)>|([^\s()]*(?:\([^\s()]*\)[^\s()]*)*))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/.exec(text.slice(close + 1));
  if (!target) return null;
  const label = text.slice(at + 1, close);
  const address = target[1] ?? target[2];
  const end = close + 1 + target[0].length;
  if (isImage) return { node: pictureLink(label, address), end };
  return { node: linkTo(address, inline(label, depth + 1), label), end };
}

function bracketed(text, at) {
  const close = text.indexOf(">", at);
  if (close < 0) return null;
  const address = text.slice(at + 1, close);
  if (!ADDRESS.test(address) || /\s/.test(address)) return null;
  return { node: linkTo(address, [address], address), end: close + 1 };
}

function bare(text, at) {
  if (isWord(text[at - 1])) return null;
  const found = ADDRESS.exec(text.slice(at, at + 2048));
  if (!found || !/^https?:/i.test(found[0])) return null;
  let address = found[0].replace(/[.,;:!?*_~'"]+$/, "");
  while (address.endsWith(")") && (address.match(/\)/g)?.length ?? 0) > (address.match(/\(/g)?.length ?? 0)) {
    address = address.slice(0, -1).replace(/[.,;:!?]+$/, "");
  }
  return { node: linkTo(address, [address], address), end: at + address.length };
}

/** The address if a link may lead there: web and mail, nothing that runs or opens something else. */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    return ["https:", "http:", "mailto:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** A link that shows where it leads, opens beside the chat, and tells that page nothing. An unsafe one is plain text. */
export function linkTo(address, label, labelText) {
  const url = safeAddress(address);
  if (!url) return h("span", {}, label);
  const place = url.protocol === "mailto:" ? url.pathname : url.host;
  const shown = labelText.includes(place);
  return h(
    "a",
    { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow", title: url.href },
    label,
    shown ? null : h("span", { class: "place" }, ` (${place})`),
    icon("external"),
  );
}

/** A picture elsewhere is not loaded (that would tell its host who reads); a link to it stands in its place. */
function pictureLink(label, address) {
  return linkTo(address, [`Picture: ${label || "no description"}`], label);
}
