/** Bounds that put about as many regions into each of four steps; zero has a step of its own. */
export function bounds(values: number[]): number[] {
  const some = values.filter((value) => value > 0).sort((one, other) => one - other);
  return [0.25, 0.5, 0.75].map((share) => some[Math.floor(share * some.length)] ?? 0);
}

export function stepOf(value: number, limits: number[]): number {
  return value <= 0 ? 0 : 1 + limits.filter((limit) => value >= limit).length;
}

/** A step that some value may be in: from a bound on, or below the first. */
export interface KeyStep {
  step: number;
  from?: number;
  below?: number;
}

/** The steps above zero. Where few regions share their values, bounds fall together. */
export function keySteps(limits: number[]): KeyStep[] {
  const [first = 0] = limits;
  if (first === 0) return [];
  const reached = limits.flatMap((from, number): KeyStep[] =>
    from === limits[number + 1] ? [] : [{ step: number + 2, from }],
  );
  return [{ step: 1, below: first }, ...reached];
}

/** Every year from the first to the last, also those in which nothing happened. */
export function everyYear(years: string[]): string[] {
  const numbers = years.map(Number).filter(Number.isFinite);
  if (numbers.length === 0) return [];
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}

/** What remained at the end of each year; a year without changes ends as the one before. */
export function carried(years: string[], remaining: Map<string, number>): number[] {
  let last = 0;
  return years.map((year) => (last = remaining.get(year) ?? last));
}
