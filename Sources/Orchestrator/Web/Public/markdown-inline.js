// Markdown inside a line: emphasis, code, links. Everything becomes text nodes and known elements.

import { h, icon } from "./dom.js";

const ESCAPABLE = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/;
/** Emphasis, links and addresses longer than this are not looked for, so that no text takes more than linear time. */
const REACH = 4000;
const ADDRESS = /^(?:https?:\/\/|mailto:)[^\s<>"']+/i;

/** `inLink`: the text is a link's label, which holds no other link. @returns {Node[]} */
export function inline(text, depth = 0, inLink = false) {
  const nodes = [];
  // Plain text in pieces: what was taken, and from where on it goes on as it stands.
  let plain = [];
  let from = 0;
  const take = (end) => {
    if (end > from) plain.push(text.slice(from, end));
  };
  const put = (node) => {
    if (plain.length > 0) nodes.push(document.createTextNode(plain.join("")));
    plain = [];
    nodes.push(node);
  };
  let at = 0;
  while (at < text.length) {
    const taken = depth < 12 ? spanAt(text, at, depth, inLink) : null;
    if (taken?.node) {
      take(at);
      put(taken.node);
      at = from = taken.end;
    } else if (taken) {
      // Nothing, and it will be nothing from any of these places.
      at = taken.end;
    } else if (text[at] === "\\" && text[at + 1] === "\n") {
      take(at);
      put(h("br"));
      at = from = at + 2;
    } else if (text[at] === "\\" && ESCAPABLE.test(text[at + 1] ?? "")) {
      take(at);
      from = at + 1;
      at += 2;
    } else if (text[at] === "\n") {
      let end = at;
      while (end > from && text[end - 1] === " ") end -= 1;
      take(end);
      if (at - end >= 2) put(h("br"));
      else plain.push("\n");
      at = from = at + 1;
    } else {
      at += 1;
    }
  }
  take(text.length);
  if (plain.length > 0) nodes.push(document.createTextNode(plain.join("")));
  return nodes;
}

function spanAt(text, at, depth, inLink) {
  switch (text[at]) {
    case "`": return code(text, at);
    case "*":
    case "_": return emphasis(text, at, depth, inLink);
    case "~": return struck(text, at, depth, inLink);
    default: return inLink ? null : linkAt(text, at, depth);
  }
}

function linkAt(text, at, depth) {
  switch (text[at]) {
    case "!": return text[at + 1] === "[" ? link(text, at + 1, depth, true) : null;
    case "[": return link(text, at, depth, false);
    case "<": return bracketed(text, at);
    case "h":
    case "H": return bare(text, at);
    default: return null;
  }
}

/** The end of the run of a character that begins at a place. */
function runEnd(text, at) {
  let end = at + 1;
  while (text[end] === text[at]) end += 1;
  return end;
}

/** The first place of `what` behind `from`, not further than REACH; -1 where there is none. */
function near(text, what, from) {
  const found = text.slice(from, from + REACH + what.length).indexOf(what);
  return found < 0 ? -1 : from + found;
}

function code(text, at) {
  const start = runEnd(text, at);
  const length = start - at;
  // The next run of the same length closes it; runs of other lengths are part of it.
  let end = text.indexOf("`", start);
  while (end >= 0) {
    const next = runEnd(text, end);
    if (next - end === length) break;
    end = text.indexOf("`", next);
  }
  // Taken apart, a run is no mark: it is passed as a whole.
  if (end < 0) return { node: null, end: start };
  let inner = text.slice(start, end).replaceAll("\n", " ");
  if (inner.startsWith(" ") && inner.endsWith(" ") && inner.trim() !== "") inner = inner.slice(1, -1);
  return { node: h("code", {}, inner), end: end + length };
}

const isWord = (character) => character !== undefined && /[\p{L}\p{N}]/u.test(character);
const isSpace = (character) => character === undefined || character === " " || character === "\n" || (!(character > " " && character < "\x7f") && /\s/.test(character));

function emphasis(text, at, depth, inLink) {
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
  return { node: h(double ? "strong" : "em", {}, inline(text.slice(from, end), depth + 1, inLink)), end: end + run.length };
}

function struck(text, at, depth, inLink) {
  if (text[at + 1] !== "~" || isSpace(text[at + 2])) return null;
  const end = near(text, "~~", at + 2);
  if (end < 0) return null;
  return { node: h("del", {}, inline(text.slice(at + 2, end), depth + 1, inLink)), end: end + 2 };
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
  const target = targetAt(text, close + 1);
  if (!target) return null;
  const label = text.slice(at + 1, close);
  const { address, end } = target;
  if (isImage) return { node: pictureLink(label, address), end };
  return { node: linkTo(address, inline(label, depth + 1, true), label), end };
}

/** Where a link leads, behind its text: `(address "title")`. Read by hand, so that it takes one pass. */
function targetAt(text, at) {
  const limit = Math.min(text.length, at + REACH);
  const past = (from) => {
    let next = from;
    while (next < limit && isSpace(text[next])) next += 1;
    return next;
  };
  let next = past(at + 1);
  let address;
  if (text[next] === "<") {
    const end = near(text, ">", next);
    address = text.slice(next + 1, end);
    if (end < 0 || /[<\n]/.test(address)) return null;
    next = end + 1;
  } else {
    const from = next;
    let open = 0;
    for (; next < limit && !isSpace(text[next]); next += 1) {
      // Addresses with more in each other are not to be read anyway (CommonMark names 32).
      if (text[next] === "(" && (open += 1) > 32) return null;
      if (text[next] === ")" && (open -= 1) < 0) break;
    }
    if (open > 0) return null;
    address = text.slice(from, next);
  }
  const title = past(next);
  if (title > next && (text[title] === '"' || text[title] === "'")) {
    const end = near(text, text[title], title + 1);
    if (end < 0) return null;
    next = past(end + 1);
  } else {
    next = title;
  }
  return text[next] === ")" ? { address, end: next + 1 } : null;
}

function bracketed(text, at) {
  const close = near(text, ">", at);
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
  const shown = labelText === place || (labelText === address && showsItsPlace(address, url));
  return h(
    "a",
    { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow", title: url.href },
    label,
    shown ? null : h("span", { class: "place" }, ` (${place})`),
    icon("external"),
  );
}

/** Whether an address says by itself where it leads: nothing that reads like a host stands before the host. */
function showsItsPlace(address, url) {
  if (url.protocol === "mailto:") return address === `mailto:${url.pathname}`;
  const start = `${url.protocol}//${url.host}`;
  return address.slice(0, start.length).toLowerCase() === start && (address.length === start.length || "/?#".includes(address[start.length]));
}

/** A picture elsewhere is not loaded (that would tell its host who reads); a link to it stands in its place. */
function pictureLink(label, address) {
  return linkTo(address, [`Picture: ${label || "no description"}`], label);
}
