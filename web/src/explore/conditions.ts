/** Conditions on every property that the server can filter by. */
import { element, replace } from "../dom";
import { codeName, propertyName, text } from "../language";
import type { SchemaProperty } from "../wire";
import { type Choice, filterOf, type Kind, kindOf, OPERATORS } from "./condition";

/** What most readers choose by. */
const AT_FIRST = ["classification", "outcome", "activity_type", "status"];

function operatorName(operator: string): string {
  if (operator === "has" || operator === "contains") return text("filter.contains");
  return { "=": "=", "<>": "≠", ">=": "≥", "<=": "≤" }[operator] ?? operator;
}

function valueField(
  property: SchemaProperty,
  name: string,
  value: string,
  change: (value: string) => void,
): HTMLElement {
  const kind = kindOf(property) ?? "words";
  const attributes = { "aria-label": `${propertyName(name)}: ${text("filter.value")}` };
  const codes = kind === "truth" ? ["true", "false"] : (property.enum ?? property.items?.enum);
  if (codes !== undefined) {
    const field = element(
      "select",
      { ...attributes, onchange: () => change(field.value) },
      element("option", { value: "" }, "…"),
      codes.map((code) =>
        element("option", { value: code, selected: code === value }, codeName(code)),
      ),
    );
    return field;
  }
  const type = kind === "day" ? "date" : kind === "number" ? "number" : "text";
  const field = element("input", {
    ...attributes,
    type,
    value,
    step: "any",
    onchange: () => change(field.value),
  });
  return field;
}

/** The conditions that a reader puts together, one a row. */
export class Conditions {
  readonly root = element("div", { class: "stack" });
  readonly #names: string[];
  readonly #choices: Choice[];

  constructor(
    readonly properties: Record<string, SchemaProperty>,
    readonly changed: () => void,
    given: Choice[] = [],
  ) {
    this.#names = Object.keys(properties)
      .filter((name) => this.#property(name) !== null)
      .sort((one, other) => propertyName(one).localeCompare(propertyName(other)));
    const usable = given.filter(({ property, operator }) => {
      return this.#names.includes(property) && this.#operators(property).includes(operator);
    });
    const isOpen = (name: string) =>
      this.#names.includes(name) && usable.every(({ property }) => property !== name);
    const usual = AT_FIRST.filter(isOpen);
    this.#choices = [
      ...usable,
      ...usual.map((property) => ({ property, operator: "=", value: "" })),
    ];
    this.#render();
  }

  get choices(): readonly Choice[] {
    return this.#choices;
  }

  get filter(): string | undefined {
    return filterOf(this.#choices, this.properties);
  }

  /** Begins a condition on a property that has none yet. */
  add(): void {
    const names = this.#names;
    const isNew = (name: string) => this.#choices.every((one) => one.property !== name);
    const property = names.find(isNew) ?? names[0];
    if (property === undefined) return;
    this.#choices.push({ property, operator: this.#operators(property)[0] ?? "=", value: "" });
    this.#render();
  }

  #property(name: string): Kind | null {
    return kindOf(this.properties[name] ?? {});
  }

  #operators(name: string): string[] {
    return OPERATORS[this.#property(name) ?? "words"];
  }

  #render(): void {
    replace(
      this.root,
      this.#choices.map((choice) => this.#row(choice)),
    );
  }

  #row(choice: Choice): HTMLElement {
    const value = (chosen: string) => {
      choice.value = chosen;
      this.changed();
    };
    const remove = () => {
      this.#choices.splice(this.#choices.indexOf(choice), 1);
      this.#render();
      this.changed();
    };
    const label = `${text("filter.remove")}: ${propertyName(choice.property)}`;
    return element(
      "div",
      { class: "condition" },
      this.#propertyField(choice),
      this.#operatorField(choice),
      valueField(this.properties[choice.property] ?? {}, choice.property, choice.value, value),
      element(
        "button",
        { type: "button", class: "quiet", "aria-label": label, onclick: remove },
        "×",
      ),
    );
  }

  #propertyField(choice: Choice): HTMLElement {
    const changed = () => {
      const property = field.value;
      Object.assign(choice, { property, operator: this.#operators(property)[0], value: "" });
      this.#render();
    };
    const field = element(
      "select",
      { "aria-label": text("filter.property"), onchange: changed },
      this.#names.map((name) =>
        element("option", { value: name, selected: name === choice.property }, propertyName(name)),
      ),
    );
    return field;
  }

  #operatorField(choice: Choice): HTMLElement {
    const changed = () => {
      choice.operator = field.value;
      this.changed();
    };
    const field = element(
      "select",
      { "aria-label": text("filter.operator"), onchange: changed },
      this.#operators(choice.property).map((one) =>
        element("option", { value: one, selected: one === choice.operator }, operatorName(one)),
      ),
    );
    return field;
  }
}
