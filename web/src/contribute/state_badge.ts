/** What became of a submission: a word and a sign, so that nobody has to know the colours. */
import { drawing, element } from "../dom";
import { codeName } from "../language";

/** Drawn in a square of twelve. */
const SIGNS: Record<string, string> = {
  applied: "M2 6.5 L5 9.5 L10 3",
  rejected: "M3 3 L9 9 M9 3 L3 9",
  received: "M6 2.5 V6 L8.5 8 M6 1 A5 5 0 1 1 5.99 1",
};

export function stateBadge(status: string): HTMLElement {
  const sign = SIGNS[status];
  return element(
    "strong",
    { class: `state ${status}` },
    sign !== undefined &&
      drawing("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" }, drawing("path", { d: sign })),
    codeName(status),
  );
}
