// JSON whose numbers are shown as they stand in it. A browser's numbers hold whole ones exactly only up to 2^53, and the reader
// must see what is sent.

/** A number that a browser's own would round, as its digits. */
export class ExactNumber {
  constructor(digits) {
    this.digits = digits;
  }

  toString() {
    return this.digits;
  }

  toJSON() {
    return JSON.rawJSON?.(this.digits) ?? this.digits;
  }
}

/** Digits of numbers that may be rounded; most messages have none. */
const LONG = /\d{16}/;

export function parseJSON(text) {
  if (!LONG.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_, value, context) => {
    if (typeof value !== "number" || context?.source === undefined) return value;
    const { source } = context;
    const isExact = Number.isSafeInteger(value) || String(value) === source || source.replace(/\D/g, "").length < 16;
    return isExact ? value : new ExactNumber(source);
  });
}
