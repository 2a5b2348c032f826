import { locale } from "./language";

/** Square metres, whole, with the unit. */
export function areaM2(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : `${whole(value)} m²`;
}

/** Square kilometres with two decimals, for headlines; small areas in square metres. */
export function areaShort(value: number): string {
  if (Math.abs(value) < 100_000) return areaM2(value);
  const digits = Math.abs(value) < 10_000_000 ? 2 : 1;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${new Intl.NumberFormat(locale(), options).format(value / 1e6)} km²`;
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
  if (metres < 1000) return `${whole(Math.floor(metres))} m`;
  return `${decimal(Math.floor(metres / 10) / 100, 2)} km`;
}

/** A day as `2021-02-10`, which every reader of the records knows, in the words of the language. */
export function day(text: string | null | undefined): string {
  if (!text) return "–";
  const date = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  const options = { dateStyle: "medium", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locale(), options).format(date);
}

export function instant(text: string | null | undefined): string {
  if (!text) return "–";
  const options = { dateStyle: "medium", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat(locale(), options).format(new Date(text));
}

export function position(lon: number, lat: number): string {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
}
