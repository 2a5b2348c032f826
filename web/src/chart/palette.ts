/** Told apart by people who see colours differently, and in grey: each at least 3 to 1 on white. */
export const OUTCOME_COLOURS = {
  cancelled: "#4682b4",
  reduced: "#b9770e",
  cleared: "#1f7a4d",
} as const;
export const REMAINING_COLOUR = "#a63d2f";
export const SUSPECTED_COLOUR = "#c2571a";
export const CONFIRMED_COLOUR = "#98242b";
export const INK = "#22303a";
export const FAINT_INK = "#5a6872";
export const RULE = "#d5dce0";
export const FONT = "Noto Sans, Noto Sans Khmer, Noto Sans Arabic, sans-serif";

/** From little to much; the first for none. */
export const STEPS = ["#f3ece4", "#f2cfa9", "#e39d6a", "#c9653f", "#96302a"] as const;
