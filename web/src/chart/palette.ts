/**
 * The colours of the server's style, warm where land is hazardous and cool where it is released: told
 * apart by people who see colours differently (Okabe & Ito, 2008). The lighter ones are drawn with an
 * edge.
 */
export const OUTCOME_COLOURS = {
  cancelled: "#56b4e9",
  reduced: "#0072b2",
  cleared: "#009e73",
} as const;
export const REMAINING_COLOUR = "#a63d2f";
export const SUSPECTED_COLOUR = "#e69f00";
export const CONFIRMED_COLOUR = "#d55e00";
export const INK = "#22303a";
export const FAINT_INK = "#5a6872";
export const RULE = "#d5dce0";
export const FONT = "Noto Sans, Noto Sans Khmer, Noto Sans Arabic, sans-serif";

/** From little to much; the first for none. */
export const STEPS = ["#f3ece4", "#f2cfa9", "#e39d6a", "#c9653f", "#96302a"] as const;
