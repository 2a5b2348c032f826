/**
 * Sentences of the catalogue with their arguments filled in: `{name}`, and forms by number as in
 * `{count, plural, =0 {none} one {# area} other {# areas}}`, where `#` is the number. It is the part of
 * ICU MessageFormat that the catalogue uses.
 */
export type Arguments = Record<string, string | number>;

interface Slot {
  name: string;
  /** What is said for a number, by its plural category or, as `=0`, by itself. */
  forms: Map<string, string>;
}

/** Where the brace that is opened at a place is closed. */
function closing(template: string, open: number): number {
  let depth = 0;
  for (let at = open; at < template.length; at += 1) {
    if (template[at] === "{") depth += 1;
    else if (template[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`a brace is not closed: ${template}`);
}

function slotOf(inside: string): Slot {
  const [, name = inside.trim(), choices = ""] =
    /^\s*(\w+)\s*,\s*plural\s*,(.*)$/su.exec(inside) ?? [];
  const forms = new Map<string, string>();
  const start = /\s*(=\d+|\w+)\s*\{/uy;
  for (let found = start.exec(choices); found !== null; found = start.exec(choices)) {
    const end = closing(choices, start.lastIndex - 1);
    forms.set(found[1] ?? "", choices.slice(start.lastIndex, end));
    start.lastIndex = end + 1;
  }
  return { name, forms };
}

/** The texts of a sentence, and between them its slots. */
export function parts(template: string): (string | Slot)[] {
  const found: (string | Slot)[] = [];
  let at = 0;
  for (let open = template.indexOf("{"); open !== -1; open = template.indexOf("{", at)) {
    const close = closing(template, open);
    found.push(template.slice(at, open), slotOf(template.slice(open + 1, close)));
    at = close + 1;
  }
  return [...found, template.slice(at)];
}

/** The sentence in a language, its numbers written as in the records: with Western digits. */
export function filled(template: string, named: Arguments, language: string): string {
  if (!template.includes("{")) return template;
  const numbers = new Intl.NumberFormat(`${language}-u-nu-latn`, { maximumFractionDigits: 3 });
  const rules = new Intl.PluralRules(language);
  const said = ({ name, forms }: Slot): string => {
    const value = named[name];
    if (value === undefined) return `{${name}}`;
    if (typeof value === "string") return value;
    const number = numbers.format(value);
    if (forms.size === 0) return number;
    const form = forms.get(`=${value}`) ?? forms.get(rules.select(value)) ?? forms.get("other");
    return sentence(form ?? "#", number);
  };
  const sentence = (text: string, number: string): string =>
    parts(text)
      .map((part) => (typeof part === "string" ? part.replaceAll("#", number) : said(part)))
      .join("");
  return sentence(template, "#");
}
