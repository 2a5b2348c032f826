import { isRightToLeft, locale } from "./language";

/** Keeps the order within a number and its unit in a text that runs from right to left. */
export function isolated(text: string): string {
  return isRightToLeft() ? `\u2066${text}\u2069` : text;
}

/** Square metres, whole, with the unit. */
export function areaM2(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : isolated(`${whole(value)} m²`);
}

/** Square kilometres with two decimals, for headlines; small areas in square metres. */
export function areaShort(value: number): string {
  if (Math.abs(value) < 100_000) return areaM2(value);
  const digits = Math.abs(value) < 10_000_000 ? 2 : 1;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return isolated(`${new Intl.NumberFormat(locale(), options).format(value / 1e6)} km²`);
}

export function whole(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(value);
}

export function decimal(value: number, digits: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

export function percent(part: number, all: number): string {
  if (all === 0) return "–";
  const options = { style: "percent", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale(), options).format(part / all);
}

/** A distance to something dangerous is rounded down, never up. */
export function distance(metres: number): string {
  if (metres < 1000) return isolated(`${whole(Math.floor(metres))} m`);
  return isolated(`${decimal(Math.floor(metres / 10) / 100, 2)} km`);
}

/** A day as the records write it: every language reads `2021-02-10` in one way. */
export function day(text: string | null | undefined): string {
  return text ? isolated(text.slice(0, 10)) : "–";
}

/** An instant by the clock of the reader, to the minute. */
export function instant(text: string | null | undefined): string {
  if (!text) return "–";
  const at = new Date(text);
  const two = (number: number) => String(number).padStart(2, "0");
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return isolated(`${date} ${two(at.getHours())}:${two(at.getMinutes())}`);
}

export function position(lon: number, lat: number): string {
  return isolated(`${lon.toFixed(6)}, ${lat.toFixed(6)}`);
}
