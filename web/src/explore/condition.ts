/** From what a reader chooses to a condition that the server understands (CQL2 text). */
import type { SchemaProperty } from "../wire";

export interface Choice {
  property: string;
  operator: string;
  value: string;
}

export type Kind = "code" | "codes" | "words" | "number" | "day" | "truth";

export function kindOf(property: SchemaProperty): Kind | null {
  if (property["x-ogc-role"] === "primary-geometry") return null;
  if (property.enum !== undefined) return "code";
  if (property.type === "array") return "codes";
  if (property.type === "boolean") return "truth";
  if (property.type === "number" || property.type === "integer") return "number";
  if (property.format === "date") return "day";
  if (property.format === "date-time") return null;
  return "words";
}

export const OPERATORS: Record<Kind, string[]> = {
  code: ["=", "<>"],
  codes: ["has"],
  words: ["contains", "="],
  number: [">=", "<=", "="],
  day: [">=", "<="],
  truth: ["="],
};

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** One choice as CQL2; `null` while its value is missing or cannot be used. */
export function condition(choice: Choice, kind: Kind): string | null {
  const { property, operator, value } = choice;
  if (value.trim() === "") return null;
  switch (kind) {
    case "code":
      return `${property} ${operator} ${literal(value)}`;
    case "codes":
      return `A_CONTAINS(${property}, (${literal(value)}))`;
    case "words":
      if (operator === "=") return `${property} = ${literal(value)}`;
      return `CASEI(${property}) LIKE CASEI(${literal(`%${value.replace(/[\\%_]/g, "\\$&")}%`)})`;
    case "number":
      return Number.isFinite(Number(value)) ? `${property} ${operator} ${Number(value)}` : null;
    case "day":
      return /^\d{4}-\d\d-\d\d$/.test(value)
        ? `${property} ${operator} DATE(${literal(value)})`
        : null;
    case "truth":
      return `${property} = ${value === "true" ? "TRUE" : "FALSE"}`;
  }
}

/** Choices as the address of a page keeps them; `null` when there are none. */
export function written(choices: readonly Choice[]): string | null {
  const kept = choices.filter((one) => one.value.trim() !== "");
  const parts = kept.map(({ property, operator, value }) => [property, operator, value]);
  return parts.length === 0 ? null : JSON.stringify(parts);
}

/** Reads what an address keeps; what is no choice is left out. */
export function readChoices(kept: string | null): Choice[] {
  try {
    const parts = JSON.parse(kept ?? "[]") as unknown;
    return (Array.isArray(parts) ? (parts as unknown[]) : []).flatMap((part): Choice[] => {
      const [property, operator, value] = Array.isArray(part) ? (part as unknown[]) : [];
      const isChoice = [property, operator, value].every((one) => typeof one === "string");
      return isChoice ? [{ property, operator, value } as Choice] : [];
    });
  } catch {
    return [];
  }
}

/** All choices together; `undefined` when there is none. */
export function filterOf(
  choices: Choice[],
  properties: Record<string, SchemaProperty>,
): string | undefined {
  const conditions = choices.flatMap((choice) => {
    const kind = kindOf(properties[choice.property] ?? {});
    const written = kind === null ? null : condition(choice, kind);
    return written === null ? [] : [written];
  });
  return conditions.length === 0 ? undefined : conditions.join(" AND ");
}
