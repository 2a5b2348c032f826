/** One property to fill in, by what the server says of it. */
import { element } from "../dom";
import { codeName, propertyName } from "../language";
import { type Kind, kindOf } from "../explore/condition";
import type { SchemaProperty } from "../wire";

type Change = (value: unknown) => void;

/** Several codes of a list, each with a box to tick. */
function codesField(name: string, codes: string[], value: unknown, change: Change): HTMLElement {
  const chosen = new Set(Array.isArray(value) ? value.map(String) : []);
  const box = (code: string): HTMLElement => {
    const ticked = () => {
      if (field.checked) chosen.add(code);
      else chosen.delete(code);
      change(chosen.size === 0 ? null : [...chosen]);
    };
    const attributes = { type: "checkbox", checked: chosen.has(code), onchange: ticked };
    const field = element("input", attributes);
    return element("label", { class: "check" }, field, codeName(code));
  };
  const legend = element("legend", {}, propertyName(name));
  return element("fieldset", {}, legend, element("div", { class: "row" }, codes.map(box)));
}

/** One code of a list; a value that is not in it is shown with a question mark. */
function codeField(
  codes: string[],
  value: unknown,
  required: boolean,
  change: Change,
): HTMLElement {
  const current = String(value ?? "");
  const isUnknown = current !== "" && !codes.includes(current);
  const field = element(
    "select",
    { required, onchange: () => change(field.value === "" ? null : field.value) },
    element("option", { value: "" }, isUnknown ? `? ${current}` : "…"),
    codes.map((code) =>
      element("option", { value: code, selected: code === current }, codeName(code)),
    ),
  );
  return field;
}

function written(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function read(typed: string, kind: Kind): unknown {
  if (typed === "") return null;
  if (kind === "number") return Number(typed);
  return kind === "codes" ? typed.split(",").map((one) => one.trim()) : typed;
}

/** A field with its label; `change` gets the value as the record holds it, `null` for none. */
export function propertyField(
  name: string,
  property: SchemaProperty,
  value: unknown,
  required: boolean,
  change: Change,
): HTMLElement {
  const kind = kindOf(property) ?? "words";
  const codes = property.enum ?? property.items?.enum;
  if (kind === "codes" && codes !== undefined) return codesField(name, codes, value, change);
  const star = required && element("span", { "aria-hidden": "true" }, " *");
  const label = element("span", {}, propertyName(name), star);
  if (codes !== undefined)
    return element("label", {}, label, codeField(codes, value, required, change));
  const type = kind === "day" ? "date" : kind === "number" ? "number" : "text";
  const changed = () => change(read(field.value, kind));
  const attributes = { type, required, step: "any", value: written(value), onchange: changed };
  const field = element("input", attributes);
  return element("label", {}, label, field);
}
