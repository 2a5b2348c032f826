/** Submissions page by page, newest first, while others send. */
import type { Submission } from "../wire";

/**
 * What is listed after the newest were read again. Those read before stay below them; when so many
 * came meanwhile that there is a gap between the two, only what was read is listed, so that none is
 * left out unseen.
 */
export function renewed(listed: Submission[], newest: Submission[]): Submission[] {
  const last = newest.at(-1);
  if (last === undefined) return [];
  const at = listed.findIndex((one) => one.submission === last.submission);
  return at === -1 ? newest : [...newest, ...listed.slice(at + 1)];
}

/** Whether one of some is not decided yet, so that its state may change at any moment. */
export function isWaiting(submissions: { status: string }[]): boolean {
  return submissions.some(({ status }) => status === "received");
}

/** How soon what is not decided yet is looked at again. */
export const WAITING_MS = 5_000;
