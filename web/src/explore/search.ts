/** Searching and filtering by every property that the server can filter by. */
import { element, replace } from "../dom";
import { areaM2, day } from "../format";
import { codeName, propertyName, text } from "../language";
import type { Condition, Shown } from "../map/records";
import type { Item, SchemaProperty } from "../wire";
import { type Choice, filterOf, kindOf, OPERATORS } from "./condition";

/** As many as a list can be read through; the map shows more. */
const LISTED = 100;

export interface Search {
  root: HTMLElement;
  list: (shown: Shown) => void;
}

function operatorName(operator: string): string {
  if (operator === "has" || operator === "contains") return text("filter.contains");
  return { "=": "=", "<>": "≠", ">=": "≥", "<=": "≤" }[operator] ?? operator;
}

function valueField(property: SchemaProperty, name: string, value: string, change: (value: string) => void): HTMLElement {
  const kind = kindOf(property) ?? "words";
  const attributes = { "aria-label": `${propertyName(name)}: ${text("filter.value")}` };
  const codes = kind === "truth" ? ["true", "false"] : (property.enum ?? property.items?.enum);
  if (codes !== undefined) {
    const field = element(
      "select",
      { ...attributes, onchange: () => change(field.value) },
      element("option", { value: "" }, "…"),
      codes.map((code) => element("option", { value: code, selected: code === value }, codeName(code))),
    );
    return field;
  }
  const type = kind === "day" ? "date" : kind === "number" ? "number" : "text";
  const field = element("input", { ...attributes, type, value, step: "any", onchange: () => change(field.value) });
  return field;
}

export function search(
  properties: Record<string, SchemaProperty>,
  apply: (condition: Condition) => void,
  open: (item: Item) => void,
): Search {
  const names = Object.keys(properties)
    .filter((name) => kindOf(properties[name] ?? {}) !== null)
    .sort((one, other) => propertyName(one).localeCompare(propertyName(other)));
  const choices: Choice[] = ["classification", "status"].filter((name) => names.includes(name)).map((property) => ({ property, operator: "=", value: "" }));
  const rows = element("div", { class: "stack" });
  const words = element("input", { type: "search", id: "words", "aria-label": text("filter.words"), placeholder: text("filter.words") });
  const send = () => apply({ q: words.value.trim() || undefined, filter: filterOf(choices, properties) });
  const render = () => replace(rows, choices.map(row));
  const row = (choice: Choice): HTMLElement => {
    const kind = kindOf(properties[choice.property] ?? {}) ?? "words";
    const property = element(
      "select",
      {
        "aria-label": text("filter.property"),
        onchange: () => {
          const next = kindOf(properties[property.value] ?? {}) ?? "words";
          Object.assign(choice, { property: property.value, operator: OPERATORS[next][0], value: "" });
          render();
        },
      },
      names.map((name) => element("option", { value: name, selected: name === choice.property }, propertyName(name))),
    );
    const operator = element(
      "select",
      { "aria-label": text("filter.operator"), onchange: () => { choice.operator = operator.value; send(); } },
      OPERATORS[kind].map((one) => element("option", { value: one, selected: one === choice.operator }, operatorName(one))),
    );
    const remove = () => {
      choices.splice(choices.indexOf(choice), 1);
      render();
      send();
    };
    const field = valueField(properties[choice.property] ?? {}, choice.property, choice.value, (value) => { choice.value = value; send(); });
    const label = `${text("filter.remove")}: ${propertyName(choice.property)}`;
    return element("div", { class: "condition" }, property, operator, field, element("button", { type: "button", class: "quiet", "aria-label": label, onclick: remove }, "×"));
  };
  const add = () => {
    const property = names.find((name) => choices.every((one) => one.property !== name)) ?? names[0];
    if (property === undefined) return;
    const kind = kindOf(properties[property] ?? {}) ?? "words";
    choices.push({ property, operator: OPERATORS[kind][0] ?? "=", value: "" });
    render();
  };
  render();
  const count = element("p", { role: "status", class: "faint" });
  const found = element("ul", { class: "found" });
  const submit = (event: Event) => { event.preventDefault(); send(); };
  const root = element(
    "div",
    { class: "stack" },
    element(
      "form",
      { class: "stack", onsubmit: submit, "aria-label": text("filter.title") },
      element("div", { class: "row nowrap" }, words, element("button", { type: "submit" }, text("filter.search"))),
      element("details", { open: window.innerWidth > 640 }, element("summary", {}, text("filter.title")), rows, element("button", { type: "button", class: "quiet", onclick: add }, text("filter.add"))),
    ),
    count,
    found,
  );
  const list = (shown: Shown) => {
    replace(count, text("filter.shown", { count: shown.items.length, matched: shown.matched }));
    replace(found, shown.items.slice(0, LISTED).map((item) => element("li", {}, entry(item, open))));
  };
  return { root, list };
}

function entry(item: Item, open: (item: Item) => void): HTMLElement {
  const remaining = item.lifecycle?.land["remaining_m2"];
  return element(
    "button",
    { type: "button", class: "entry", onclick: () => open(item) },
    element("strong", {}, String(item.properties["local_id"] ?? item.id)),
    ` ${String(item.properties["name"] ?? "")}`,
    element(
      "small",
      {},
      `${codeName(item.properties["classification"])} · ${day(item.properties["identified_on"] as string)} · ${text("figure.remaining")} ${areaM2(typeof remaining === "number" ? remaining : null)}`,
    ),
  );
}
