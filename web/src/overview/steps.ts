/** Bounds that put about as many regions into each of four steps; zero has a step of its own. */
export function bounds(values: number[]): number[] {
  const some = values.filter((value) => value > 0).sort((one, other) => one - other);
  return [0.25, 0.5, 0.75].map((share) => some[Math.floor(share * some.length)] ?? 0);
}

export function stepOf(value: number, limits: number[]): number {
  return value <= 0 ? 0 : 1 + limits.filter((limit) => value >= limit).length;
}
