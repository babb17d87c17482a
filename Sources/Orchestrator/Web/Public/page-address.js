// The address of a page that a server asks the user to open: shown whole and as it came, with its host set apart, and with what is suspicious about it
// in words (MCP, client/elicitation, "Safe URL Handling"). What that is the SDK finds (ElicitationPage); here are the words.

/** The address for a link; null for what is no page. */
export function pageAddress(address) {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return ["https:", "http:"].includes(url.protocol) ? url : null;
}

/** The address in three parts, which together are the address as it came: what stands before the host, the host with its port, and the rest. */
export function addressParts(address) {
  const found = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/isu.exec(address);
  return found ? { before: found[1], host: found[2], after: found[3] } : { before: "", host: "", after: address };
}

const TEXTS = {
  notEncrypted: () => "This page is not encrypted (http): others on the way can read and change it.",
  ambiguousHost: (url) => `This name has letters of other scripts and may look like another one. Your browser knows it as ${url.hostname}.`,
  credentials: (url) => `The part before the @ is no address. The page is at ${url.hostname}.`,
  numericHost: () => "This address is a number and has no name that you could recognise.",
};

/** One sentence for each warning. */
export function warningTexts(warnings, url) {
  return (warnings ?? []).map((word) => TEXTS[word]?.(url)).filter(Boolean);
}
