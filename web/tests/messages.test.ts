import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parts } from "../src/sentence";

type Catalogue = Record<string, string>;

const folder = new URL("../src/messages/", import.meta.url);
const crates = new URL("../../crates/", import.meta.url);
const languages = ["en", "km", "uk", "ja", "ar"];
const catalogues = new Map(
  languages.map((name) => [
    name,
    JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Catalogue,
  ]),
);
const english = catalogues.get("en") ?? {};

type Slot = Exclude<ReturnType<typeof parts>[number], string>;

/** The slots of a message, those in the forms of others too. */
function slots(message: string): Slot[] {
  const own = parts(message).filter((part) => typeof part !== "string");
  return own.flatMap((slot) => [slot, ...[...slot.forms.values()].flatMap(slots)]);
}

const named = (message: string) => [...new Set(slots(message).map((slot) => slot.name))].sort();

/** The codes that the server's own sources declare. */
function declared(path: string, pattern: RegExp): string[] {
  return [...readFileSync(new URL(path, crates), "utf8").matchAll(pattern)].map(
    (found) => found[1] ?? "",
  );
}

const RULES = readdirSync(new URL("survey/src/rules/", crates)).filter((name) => name !== "mod.rs");

test.each(languages)("%s has every key and no other", (name) => {
  expect(Object.keys(catalogues.get(name) ?? {}).sort()).toEqual(Object.keys(english).sort());
});

test.each(languages)(
  "%s names the same arguments in every message and leaves none empty",
  (name) => {
    for (const [key, message] of Object.entries(catalogues.get(name) ?? {})) {
      expect(message.trim(), key).not.toBe("");
      expect(named(message), key).toEqual(named(english[key] ?? ""));
    }
  },
);

test.each(languages)("%s has a form for every number that a sentence counts", (name) => {
  const { pluralCategories } = new Intl.PluralRules(name).resolvedOptions();
  for (const [key, message] of Object.entries(catalogues.get(name) ?? {})) {
    for (const { forms } of slots(message).filter((slot) => slot.forms.size > 0)) {
      const categories = [...forms.keys()].filter((form) => !form.startsWith("="));
      expect(categories, key).toContain("other");
      if (categories.length > 1)
        expect(categories.sort(), key).toEqual([...pluralCategories].sort());
    }
  }
});

test("every finding that the server can make has a title", () => {
  const codes = RULES.flatMap((name) =>
    declared(
      `survey/src/rules/${name}`,
      /^\s+[A-Z0-9_]+ = "([a-z0-9-]+)", (?:Error|Warning|Info)/gm,
    ),
  );
  expect(codes.length).toBeGreaterThan(80);
  expect(codes.filter((code) => !(`finding.${code}` in english))).toEqual([]);
});

test("every problem that the server can answer with has a title", () => {
  const codes = declared("api/src/problem.rs", /^\s+[A-Z_]+ = \d+ "([a-z-]+)"/gm);
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => !(`problem.${code}` in english))).toEqual([]);
});

test("every literal key of the sources is in the catalogue and every key of the pages is asked for", () => {
  const sources = readdirSync(new URL("../src/", import.meta.url), {
    recursive: true,
    encoding: "utf8",
  }).filter((name) => name.endsWith(".ts"));
  const text = sources
    .map((name) => readFileSync(new URL(`../src/${name}`, import.meta.url), "utf8"))
    .join("\n");
  const families = [
    "code.",
    "property.",
    "finding.",
    "problem.",
    "column.",
    "group.",
    "severity.",
    "figure.",
    "report.",
  ];
  const unused = Object.keys(english).filter(
    (key) => !families.some((start) => key.startsWith(start)) && !text.includes(`"${key}"`),
  );
  expect(unused).toEqual([]);
});
