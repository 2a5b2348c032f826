/** What a parcel was on each day, from its dated changes. */
import type { Change } from "../wire";

/** A parcel from one day to the day before another, both as days since 1970. */
export interface Span {
  from: number;
  to: number;
  state: string;
}

const DAY_MS = 86_400_000;
export const FOREVER = 1_000_000;

export function dayNumber(text: string): number {
  return Math.floor(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / DAY_MS);
}

export function dayText(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

/** Released land by how it was released, adjusted land as gone, and everything else as hazardous. */
function stateAfter(change: Change, before: string | null): string | null {
  switch (change.change) {
    case "released":
      return change.outcome ?? "cleared";
    case "adjusted":
      return null;
    case "released_outside":
    case "released_again":
      return before;
    default:
      return change.classification ?? "suspected";
  }
}

export function spans(timeline: Change[]): Span[] {
  const found: Span[] = [];
  let open: Span | null = null;
  for (const change of timeline) {
    const day = dayNumber(change.on);
    const state: string | null = stateAfter(change, open?.state ?? null);
    if (open !== null && state === open.state) continue;
    if (open !== null && day > open.from) found.push({ ...open, to: day });
    open = state === null ? null : { from: day, to: FOREVER, state };
  }
  if (open !== null) found.push(open);
  return found;
}
