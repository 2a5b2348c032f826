import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Arguments, filled } from "../src/sentence";

function said(language: string, key: string, named: Arguments): string {
  const file = new URL(`../src/messages/${language}.json`, import.meta.url);
  const catalogue = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  return filled(catalogue[key] ?? "", named, language);
}

test("a sentence takes texts as they are and writes numbers with Western digits", () => {
  expect(filled("{who}: {count}", { who: "{count} #", count: 12_345 }, "ar")).toBe(
    "{count} #: 12,345",
  );
  expect(filled("{count} of {missing}", { count: 1 }, "en")).toBe("1 of {missing}");
  expect(filled("no. #1", {}, "en")).toBe("no. #1");
});

test.each([
  [1, 0, "1 hazardous area lies along the route; the route does not enter it."],
  [1, 1, "1 hazardous area lies along the route; the route enters it."],
  [2, 0, "2 hazardous areas lie along the route; it enters none of them."],
  [1200, 3, "1,200 hazardous areas lie along the route; it enters 3 of them."],
])(
  "%d areas along a route, of which it enters %d, are told in English",
  (count, entered, words) => {
    expect(said("en", "route.found", { count, entered })).toBe(words);
  },
);

test.each([
  [1, "1 небезпечна ділянка"],
  [3, "3 небезпечні ділянки"],
  [5, "5 небезпечних ділянок"],
  [21, "21 небезпечна ділянка"],
])("%d areas are told in Ukrainian", (count, words) => {
  expect(said("uk", "figure.areas", { count })).toBe(words);
});

test.each([
  [0, "لا مناطق خطرة"],
  [1, "منطقة خطرة واحدة"],
  [2, "منطقتان خطرتان"],
  [7, "7 مناطق خطرة"],
  [42, "42 منطقة خطرة"],
  [100, "100 منطقة خطرة"],
])("%d areas are told in Arabic", (count, words) => {
  expect(said("ar", "figure.areas", { count })).toBe(words);
});

test.each(["en", "uk", "ar", "ja", "km"])(
  "no brace and no sign is left in counts in %s",
  (language) => {
    for (let count = 0; count < 130; count += 1) {
      const named = { count, entered: count, of: count, received: count, accepted: count };
      const others = { place: "0, 0", submission: "s", errors: 0, warnings: 0 };
      for (const key of [
        "route.found",
        "nearby.found",
        "parcels.explained",
        "contribute.sent",
        "findings.more",
      ])
        expect(said(language, key, { ...named, ...others })).not.toMatch(/[{}#]/);
    }
  },
);
