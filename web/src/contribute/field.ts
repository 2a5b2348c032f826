/** One property to fill in, by what the server says of it. */
import { element } from "../dom";
import { codeName, propertyName } from "../language";
import { kindOf } from "../explore/condition";
import type { SchemaProperty } from "../wire";

/** A field with its label; `change` gets the value as the record holds it, `null` for none. */
export function propertyField(
  name: string,
  property: SchemaProperty,
  value: unknown,
  required: boolean,
  change: (value: unknown) => void,
): HTMLElement {
  const kind = kindOf(property) ?? "words";
  const codes = property.enum ?? property.items?.enum;
  const label = (field: HTMLElement) => element("label", {}, element("span", {}, propertyName(name), required && element("span", { "aria-hidden": "true" }, " *")), field);
  if (kind === "codes" && codes !== undefined) {
    const chosen = new Set(Array.isArray(value) ? value.map(String) : []);
    const box = (code: string): HTMLElement => {
      const field = element("input", {
        type: "checkbox",
        checked: chosen.has(code),
        onchange: () => {
          if (field.checked) chosen.add(code);
          else chosen.delete(code);
          change(chosen.size === 0 ? null : [...chosen]);
        },
      });
      return element("label", { class: "check" }, field, codeName(code));
    };
    return element("fieldset", {}, element("legend", {}, propertyName(name)), element("div", { class: "row" }, codes.map(box)));
  }
  if (codes !== undefined) {
    const current = String(value ?? "");
    const unknown = current !== "" && !codes.includes(current);
    const field = element(
      "select",
      { required, onchange: () => change(field.value === "" ? null : field.value) },
      element("option", { value: "" }, unknown ? `? ${current}` : "…"),
      codes.map((code) => element("option", { value: code, selected: code === current }, codeName(code))),
    );
    return label(field);
  }
  const type = kind === "day" ? "date" : kind === "number" ? "number" : "text";
  const field = element("input", {
    type,
    required,
    step: "any",
    value: value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value),
    onchange: () => change(field.value === "" ? null : kind === "number" ? Number(field.value) : kind === "codes" ? field.value.split(",").map((one) => one.trim()) : field.value),
  });
  return label(field);
}
