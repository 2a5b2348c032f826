/** What is being worked on and was not sent, kept while the reader looks at something else. */
import type { Draft } from "./draft";

interface Unsent {
  programme: string;
  collection: string;
  draft: Draft;
}

let kept: Unsent | null = null;

export function keepUnsent(programme: string, collection: string, draft: Draft): void {
  kept = { programme, collection, draft };
}

export function forgetUnsent(): void {
  kept = null;
}

/** What was being worked on in a programme. */
export function unsentOf(programme: string): Unsent | null {
  return kept?.programme === programme ? kept : null;
}
