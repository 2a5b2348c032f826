import english from "./messages/en.json";
import { type Arguments, filled } from "./sentence";

/** A key of the catalogue. */
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
/** What findings say: only who sends records reads them. */
const SAYINGS: Record<Language, () => Promise<{ default: Record<string, string> }>> = {
  en: () => import("./messages/findings/en.json"),
  km: () => import("./messages/findings/km.json"),
  uk: () => import("./messages/findings/uk.json"),
  ja: () => import("./messages/findings/ja.json"),
  ar: () => import("./messages/findings/ar.json"),
};
const STORED = "safeground.language";

let current: Language = "en";
let messages: Record<string, string> = english;
let sayings: Record<string, string> = {};

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
  document.documentElement.dir = isRightToLeft() ? "rtl" : "ltr";
}

export function isRightToLeft(): boolean {
  return current === "ar";
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

/** The text of a key in the current language, its arguments filled in. */
export function text(key: Key, named: Arguments = {}): string {
  return filled(messages[key] ?? english[key], named, current);
}

/** The name of a code of the records; a code without a name is shown as it is, made readable. */
export function codeName(code: unknown): string {
  if (code === null || code === undefined || code === "") return text("none");
  return messages[`code.${String(code)}`] ?? String(code).replaceAll("_", " ");
}

/** The name of a code where it stands by itself, as in a legend. */
export function codeTitle(code: string): string {
  const name = codeName(code);
  return name.charAt(0).toLocaleUpperCase(current) + name.slice(1);
}

/** Whether a code of the records has a name in the current language. */
export function hasName(code: string): boolean {
  return `code.${code}` in messages;
}

/** The name of a property of the records. */
export function propertyName(name: string): string {
  return messages[`property.${name}`] ?? name.replaceAll("_", " ");
}

/** What a rule is about, by its code; `undefined` for one that this viewer does not know yet. */
export function findingTitle(rule: string): string | undefined {
  return messages[`finding.${rule}`];
}

/** Loads what findings say in the current language. */
export async function loadSayings(): Promise<void> {
  sayings = (await SAYINGS[current]()).default;
}

/** What a finding says and what to do about it; `undefined` where the rule is not known here yet. */
export function findingSaying(rule: string, named: Record<string, string>): string | undefined {
  const saying = sayings[rule];
  return saying === undefined ? undefined : filled(saying, named, current);
}

/** What kind of refusal it is. */
export function problemTitle(code: string): string | undefined {
  return messages[`problem.${code}`];
}
