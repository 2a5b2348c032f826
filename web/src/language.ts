import english from "./messages/en.json";

/** A key of the catalogue. Plural forms are asked for without their category. */
export type Key = keyof typeof english;

/** The languages of the catalogue, each by its own name. */
export const LANGUAGES = {
  en: "English",
  km: "ខ្មែរ",
  uk: "Українська",
  ja: "日本語",
  ar: "العربية",
} as const;
export type Language = keyof typeof LANGUAGES;

const LOADERS: Record<Language, () => Promise<{ default: Record<string, string> }>> = {
  en: async () => ({ default: english }),
  km: () => import("./messages/km.json"),
  uk: () => import("./messages/uk.json"),
  ja: () => import("./messages/ja.json"),
  ar: () => import("./messages/ar.json"),
};
const STORED = "safeground.language";

let current: Language = "en";
let messages: Record<string, string> = english;

function isLanguage(text: string | null | undefined): text is Language {
  return text !== null && text !== undefined && text in LANGUAGES;
}

/** The language that was chosen here, or else the first of the browser's that there is. */
export function preferred(): Language {
  const stored = localStorage.getItem(STORED);
  if (isLanguage(stored)) return stored;
  const found = navigator.languages.map((tag) => tag.split("-")[0]).find(isLanguage);
  return found ?? "en";
}

/** Loads a language and turns the page to its direction. */
export async function speak(language: Language): Promise<void> {
  messages = (await LOADERS[language]()).default;
  current = language;
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
}

/** Remembers the choice. */
export function remember(language: Language): void {
  localStorage.setItem(STORED, language);
}

export function language(): Language {
  return current;
}

/** The tag for numbers and dates: Western digits everywhere, as in the records. */
export function locale(): string {
  return `${current}-u-nu-latn`;
}

function filled(template: string, named: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(named[name] ?? whole));
}

/** The text of a key in the current language, its arguments filled in. */
export function text(key: Key, named: Record<string, string | number> = {}): string {
  return filled(messages[key] ?? english[key], named);
}

type PluralKey = Key extends infer K ? (K extends `${infer Start}.other` ? Start : never) : never;

/** The text of a key for a number of things. */
export function plural(key: PluralKey, count: number, shown: string): string {
  const category = new Intl.PluralRules(current).select(count);
  const template = messages[`${key}.${category}`] ?? messages[`${key}.other`] ?? "{count}";
  return filled(template, { count: shown });
}

/** The name of a code of the records; a code without a name is shown as it is, made readable. */
export function codeName(code: unknown): string {
  if (code === null || code === undefined || code === "") return text("none");
  return messages[`code.${String(code)}`] ?? String(code).replaceAll("_", " ");
}

/** The name of a property of the records. */
export function propertyName(name: string): string {
  return messages[`property.${name}`] ?? name.replaceAll("_", " ");
}

/** What a rule is about, by its code; `undefined` for one that this viewer does not know yet. */
export function findingTitle(rule: string): string | undefined {
  return messages[`finding.${rule}`];
}

/** What kind of refusal it is. */
export function problemTitle(code: string): string | undefined {
  return messages[`problem.${code}`];
}
