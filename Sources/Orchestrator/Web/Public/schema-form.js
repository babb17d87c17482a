// A form from the restricted JSON Schema of an elicitation (MCP, client/elicitation): a flat object of strings, numbers,
// booleans and five shapes of enums. Errors are shown beside their field, in words.

import { h } from "./dom.js";

let serial = 0;

/** @returns {{element: Element, read: () => {content: object, firstInvalid: Element | null}}} */
export function schemaForm(schema) {
  const required = new Set(Array.isArray(schema?.required) ? schema.required : []);
  const fields = Object.entries(schema?.properties ?? {}).map(([name, property]) => field(name, property ?? {}, required.has(name)));
  const element = h("div", { class: "fields" }, fields.map((each) => each.element));
  return {
    element,
    read() {
      const content = {};
      let firstInvalid = null;
      for (const each of fields) {
        const { value, error } = each.read();
        each.showError(error);
        if (error) firstInvalid ??= each.focusTarget;
        else if (value !== undefined) content[each.name] = value;
      }
      return { content, firstInvalid };
    },
  };
}

function field(name, property, isRequired) {
  serial += 1;
  const id = `field-${serial}`;
  const about = { id, name, property, isRequired, label: property.title ?? name };
  const control = controlFor(about);
  const error = h("p", { class: "field-error", id: `${id}-error`, hidden: true });
  const hint = hintFor(property);
  const note = [property.description, hint].filter(Boolean).join(" ");
  const description = note ? h("p", { class: "field-note", id: `${id}-note` }, note) : null;
  const describedBy = [description ? `${id}-note` : null, `${id}-error`].filter(Boolean).join(" ");
  for (const target of control.targets) target.setAttribute("aria-describedby", describedBy);
  const mark = isRequired ? null : h("span", { class: "optional" }, " (optional)");
  const element = control.isGroup
    ? h("fieldset", { class: "form-field" }, h("legend", {}, about.label, mark), description, control.element, error)
    : control.isCheckbox
      ? h("div", { class: "form-field" }, h("div", { class: "choice" }, control.element, h("label", { for: id }, about.label, mark)), description, error)
      : h("div", { class: "form-field" }, h("label", { for: id }, about.label, mark), description, control.element, error);
  const showError = (message) => {
    error.hidden = !message;
    error.textContent = message ?? "";
    for (const target of control.targets) target.toggleAttribute("aria-invalid", false);
    if (message) for (const target of control.targets) target.setAttribute("aria-invalid", "true");
    else for (const target of control.targets) target.removeAttribute("aria-invalid");
  };
  const read = () => {
    const value = control.read();
    if (value === undefined) return { error: isRequired ? control.missing ?? "Fill this in." : null };
    return { value, error: problemWith(value, property) };
  };
  // An error goes away as soon as it is mended, not only at the next Send.
  element.addEventListener("input", () => error.hidden || showError(read().error));
  element.addEventListener("change", () => error.hidden || showError(read().error));
  return { name, element, read, showError, focusTarget: control.targets[0] };
}

// Controls: one for each shape.

function controlFor(about) {
  const { property } = about;
  const single = choicesOf(property);
  if (property.type === "array") return severalOf(about, choicesOf(property.items ?? {}) ?? []);
  if (single) return oneOf(about, single);
  if (property.type === "boolean") return checkbox(about);
  if (property.type === "integer" || property.type === "number") return numberInput(about);
  return textInput(about);
}

/** The five enum shapes: enum, enum with enumNames, oneOf with const and title; the same two for several (enum, anyOf). */
function choicesOf(property) {
  const titled = property.oneOf ?? property.anyOf;
  if (Array.isArray(titled)) {
    const choices = titled.filter((choice) => choice !== null && typeof choice === "object" && "const" in choice);
    return choices.length === 0 ? null : choices.map((choice) => ({ value: choice.const, label: String(choice.title ?? choice.const) }));
  }
  if (Array.isArray(property.enum)) {
    return property.enum.map((value, index) => ({ value, label: String(property.enumNames?.[index] ?? value) }));
  }
  return null;
}

function oneOf({ id, property, isRequired }, choices) {
  if (choices.length > 5) {
    const options = choices.map((choice, index) => h("option", { value: String(index), selected: choice.value === property.default }, choice.label));
    const select = h("select", { id, required: isRequired }, h("option", { value: "" }, "Choose…"), options);
    return {
      element: select, targets: [select], missing: "Choose one.",
      read: () => (select.value === "" ? undefined : choices[Number(select.value)].value),
    };
  }
  const inputs = choices.map((choice) => h("input", { type: "radio", name: id, checked: choice.value === property.default }));
  return {
    isGroup: true, targets: inputs, missing: "Choose one.", element: labelled(inputs, choices, id),
    read: () => choices[inputs.findIndex((input) => input.checked)]?.value,
  };
}

function severalOf({ id, property, isRequired }, choices) {
  const chosen = Array.isArray(property.default) ? property.default : [];
  const inputs = choices.map((choice) => h("input", { type: "checkbox", checked: chosen.includes(choice.value) }));
  return {
    isGroup: true, targets: inputs, missing: "Choose at least one.", element: labelled(inputs, choices, id),
    read() {
      const values = choices.filter((_, index) => inputs[index].checked).map((choice) => choice.value);
      return values.length === 0 && !(isRequired && !(property.minItems > 0)) ? undefined : values;
    },
  };
}

function labelled(inputs, choices, id) {
  return h("div", { class: "choices" }, inputs.map((input, index) => {
    input.id = `${id}-${index}`;
    return h("div", { class: "choice" }, input, h("label", { for: input.id }, choices[index].label));
  }));
}

function checkbox({ id, property }) {
  const input = h("input", { type: "checkbox", id, checked: property.default === true });
  return { isCheckbox: true, element: input, targets: [input], read: () => input.checked };
}

function numberInput({ id, property, isRequired }) {
  const input = h("input", {
    type: "text", id, inputmode: property.type === "integer" ? "numeric" : "decimal", autocomplete: "off",
    "aria-required": isRequired ? "true" : null, value: property.default === undefined ? "" : String(property.default),
  });
  return {
    element: input, targets: [input], missing: "Enter a number.",
    read: () => {
      const text = input.value.trim().replace(",", ".");
      return text === "" ? undefined : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
    },
  };
}

const INPUT_TYPES = { email: "email", uri: "url", date: "date", "date-time": "datetime-local" };

function textInput({ id, property, isRequired }) {
  const start = property.default === undefined ? "" : String(property.default);
  const isLong = property.format === undefined && (property.maxLength > 200 || start.includes("\n"));
  const common = { id, "aria-required": isRequired ? "true" : null };
  const input = isLong
    ? h("textarea", { ...common, rows: 4, value: start })
    : h("input", { ...common, type: INPUT_TYPES[property.format] ?? "text", step: property.format === "date-time" ? 1 : null, value: shownDate(property, start) });
  return {
    element: input, targets: [input],
    read: () => {
      if (input.value === "") return input.validity?.badInput ? "?" : undefined;
      return property.format === "date-time" ? withZone(input.value) : input.value;
    },
  };
}

function shownDate(property, text) {
  if (property.format !== "date-time" || Number.isNaN(Date.parse(text))) return text;
  const date = new Date(text);
  return new Date(date - date.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}

/** The picker gives local time without a zone; RFC 3339 wants one. */
function withZone(local) {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? local : date.toISOString();
}

// Rules.

function hintFor(property) {
  const { minimum, maximum } = property;
  if (minimum !== undefined && maximum !== undefined) return `From ${minimum} to ${maximum}.`;
  if (minimum !== undefined) return `At least ${minimum}.`;
  if (maximum !== undefined) return `At most ${maximum}.`;
  return null;
}

const characters = (text) => [...text].length;

/** What is wrong with a value, as a sentence; null when nothing is. */
export function problemWith(value, property) {
  if (property.type === "integer" || property.type === "number") {
    if (typeof value !== "number" || !Number.isFinite(value)) return "This has to be a number.";
    if (property.type === "integer" && !Number.isInteger(value)) return "This has to be a whole number.";
    if (property.type === "integer" && !Number.isSafeInteger(value)) return "This is too large to be sent exactly.";
    if (property.minimum !== undefined && value < property.minimum) return `This has to be ${property.minimum} or more.`;
    if (property.maximum !== undefined && value > property.maximum) return `This has to be ${property.maximum} or less.`;
    return null;
  }
  if (property.type === "array") {
    if (property.minItems !== undefined && value.length < property.minItems) return `Choose at least ${property.minItems}.`;
    if (property.maxItems !== undefined && value.length > property.maxItems) return `Choose at most ${property.maxItems}.`;
    return null;
  }
  if (property.type !== "string" || choicesOf(property)) return null;
  if (property.minLength !== undefined && characters(value) < property.minLength) return `This needs at least ${property.minLength} characters.`;
  if (property.maxLength !== undefined && characters(value) > property.maxLength) return `This may have at most ${property.maxLength} characters.`;
  switch (property.format) {
    case "email": return /^[^\s@]+@[^\s@]+\.[^\s@]+$|^[^\s@]+@localhost$/.test(value) ? null : "This is no email address: write it like name@example.com.";
    case "uri": return URL.canParse(value) ? null : "This is no address: write it like https://example.com/page.";
    case "date": return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? null : "This is no date: write it like 2026-01-31.";
    case "date-time": return Number.isNaN(Date.parse(value)) ? "This is no date and time." : null;
    default: return null;
  }
}
