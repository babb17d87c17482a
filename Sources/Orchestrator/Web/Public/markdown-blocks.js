// Markdown's blocks: lines in, a list of plain block descriptions out. Building DOM from them is in markdown.js.
//
// A text may be anything a model or a server writes: no line may take more than time in proportion to its length. So no expression here
// can fail behind two neighbours that take the same characters.

const FENCE = /^( {0,3})(`{3,}|~{3,})(.*)$/s;
const HEADING = /^ {0,3}(#{1,6})(?:\s+(.*))?$/s;
const RULE = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(?:(\s+)(.*))?$/s;
const QUOTE = /^ {0,3}> ?/;
const DEPTH = 8;

/**
 * Splits text into blocks. Each has `start`, the offset of its first line, so that a stream can go on from its last block.
 * @returns {{type: string, start: number}[]}
 */
export function blocksOf(text, depth = 0) {
  const lines = text.split("\n");
  const offsets = [];
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    offsets.push(offset);
    offset += line.length + 1;
    if (line.endsWith("\r")) lines[index] = line.slice(0, -1);
  }
  const blocks = [];
  let at = 0;
  while (at < lines.length) {
    if (lines[at].trim() === "") {
      at += 1;
      continue;
    }
    const start = offsets[at];
    const [block, next] = blockAt(lines, at, depth);
    blocks.push({ ...block, start });
    at = next;
  }
  return blocks;
}

function blockAt(lines, at, depth) {
  const line = lines[at];
  let match;
  if ((match = fenceOf(line))) return fence(lines, at, match);
  if ((match = HEADING.exec(line))) return [{ type: "heading", level: match[1].length, text: headingText(match[2] ?? "") }, at + 1];
  if (RULE.test(line)) return [{ type: "rule" }, at + 1];
  if (depth < DEPTH && QUOTE.test(line)) return quote(lines, at, depth);
  if (depth < DEPTH && (match = ITEM.exec(line))) return list(lines, at, match, depth);
  if (isTable(lines, at)) return table(lines, at);
  if (/^ {4}/.test(line)) return indented(lines, at);
  return paragraph(lines, at);
}

/** Without the marks that may close a heading. */
function headingText(text) {
  const trimmed = text.trimEnd();
  let end = trimmed.length;
  while (trimmed[end - 1] === "#") end -= 1;
  return end === 0 || /\s/.test(trimmed[end - 1]) ? trimmed.slice(0, end).trimEnd() : trimmed;
}

/** The line that opens a block of code: its indent, its mark and the language. */
function fenceOf(line) {
  const match = FENCE.exec(line);
  if (!match || (match[2][0] === "`" && match[3].includes("`"))) return null;
  return { indent: match[1].length, mark: match[2], language: match[3].trim().split(/\s/, 1)[0] };
}

function endsFence(line, mark) {
  let at = 0;
  while (at < 3 && line[at] === " ") at += 1;
  const rest = line.slice(at).trimEnd();
  if (rest.length < mark.length) return false;
  for (const character of rest) if (character !== mark[0]) return false;
  return true;
}

function fence(lines, at, { indent, mark, language }) {
  const code = [];
  let next = at + 1;
  while (next < lines.length && !endsFence(lines[next], mark)) {
    let from = 0;
    while (from < indent && lines[next][from] === " ") from += 1;
    code.push(lines[next].slice(from));
    next += 1;
  }
  return [{ type: "code", language, text: code.join("\n"), closed: next < lines.length }, next + 1];
}

function indented(lines, at) {
  const code = [];
  let next = at;
  while (next < lines.length && (/^ {4}/.test(lines[next]) || lines[next].trim() === "")) {
    code.push(lines[next].slice(4));
    next += 1;
  }
  return [{ type: "code", language: "", text: code.join("\n").trimEnd(), closed: true }, next];
}

function quote(lines, at, depth) {
  const inner = [];
  let next = at;
  while (next < lines.length && lines[next].trim() !== "" && (QUOTE.test(lines[next]) || !startsBlock(lines, next))) {
    inner.push(lines[next].replace(QUOTE, ""));
    next += 1;
  }
  return [{ type: "quote", blocks: blocksOf(inner.join("\n"), depth + 1) }, next];
}

function list(lines, at, first, depth) {
  const ordered = /\d/.test(first[2]);
  const mark = first[2].at(-1);
  const items = [];
  let loose = false;
  let next = at;
  while (next < lines.length) {
    const match = ITEM.exec(lines[next]);
    if (!match || RULE.test(lines[next]) || match[2].at(-1) !== mark) break;
    const gap = match[3] && match[3].length <= 4 ? match[3].length : 1;
    const width = match[1].length + match[2].length + gap;
    const inner = [(match[3] && match[3].length > 4 ? match[3].slice(1) : "") + (match[4] ?? "")];
    next += 1;
    let blank = false;
    while (next < lines.length) {
      const line = lines[next];
      if (line.trim() === "") {
        blank = true;
        inner.push("");
        next += 1;
      } else if (line.search(/\S/) >= width) {
        if (blank) loose = true;
        blank = false;
        inner.push(line.slice(width));
        next += 1;
      } else if (!blank && !ITEM.test(line) && !startsBlock(lines, next)) {
        inner.push(line.trimStart());
        next += 1;
      } else {
        break;
      }
    }
    const following = next < lines.length ? ITEM.exec(lines[next]) : null;
    if (blank && following && following[2].at(-1) === mark) loose = true;
    items.push(item(inner.join("\n").trimEnd(), depth));
  }
  return [{ type: "list", ordered, from: ordered ? Number.parseInt(first[2], 10) : 1, loose, items }, next];
}

function item(text, depth) {
  const task = /^\[([ xX])\]\s+/.exec(text);
  return { task: task ? task[1] !== " " : null, blocks: blocksOf(task ? text.slice(task[0].length) : text, depth + 1) };
}

function isTable(lines, at) {
  return lines[at].includes("|") && at + 1 < lines.length && isTableRule(lines[at + 1])
    && cells(lines[at]).length === cells(lines[at + 1]).length;
}

function isTableRule(line) {
  if (!/^ {0,3}[|:-]/.test(line)) return false;
  const inner = line.trim().replace(/^\|/, "").replace(/\|$/, "");
  return inner.split("|").every((cell) => /^:?-+:?$/.test(cell.trim()));
}

function table(lines, at) {
  const header = cells(lines[at]);
  const align = cells(lines[at + 1]).map((cell) => (cell.endsWith(":") ? (cell.startsWith(":") ? "center" : "end") : null));
  const rows = [];
  let next = at + 2;
  while (next < lines.length && lines[next].trim() !== "" && lines[next].includes("|")) {
    // A short row stays short: filled up, a wide table of short rows would be as large as its width times its height.
    rows.push(cells(lines[next]).slice(0, header.length));
    next += 1;
  }
  return [{ type: "table", header, align, rows }, next];
}

function cells(line) {
  const found = [];
  let cell = "";
  let inCode = false;
  const text = line.trim().replace(/^\|/, "");
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === "\\" && text[i + 1] === "|") {
      cell += "|";
      i += 1;
    } else if (text[i] === "|" && !inCode) {
      found.push(cell.trim());
      cell = "";
    } else {
      if (text[i] === "`") inCode = !inCode;
      cell += text[i];
    }
  }
  if (cell.trim() !== "") found.push(cell.trim());
  return found;
}

function paragraph(lines, at) {
  const words = [lines[at].trimStart()];
  let next = at + 1;
  while (next < lines.length && lines[next].trim() !== "") {
    const under = /^ {0,3}(=+|-+)\s*$/.exec(lines[next]);
    if (under) return [{ type: "heading", level: under[1][0] === "=" ? 1 : 2, text: words.join("\n") }, next + 1];
    if (startsBlock(lines, next)) break;
    words.push(lines[next].trimStart());
    next += 1;
  }
  return [{ type: "paragraph", text: words.join("\n") }, next];
}

/** Whether a line ends the paragraph before it. */
function startsBlock(lines, at) {
  const line = lines[at];
  const found = ITEM.exec(line);
  return (
    fenceOf(line) !== null || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || isTable(lines, at)
    || (found !== null && found[4] !== undefined && (!/\d/.test(found[2]) || Number.parseInt(found[2], 10) === 1))
  );
}
