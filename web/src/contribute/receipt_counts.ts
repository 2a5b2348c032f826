/** What a receipt counts, in the order in which it is told. */
import type { Key } from "../language";
import type { KeptReceipt } from "../wire";

/** Told only where there are any. */
const RARE = new Set<Key>(["receipt.unlocated", "receipt.left_out"]);

/** How many records were read, how they were found, and what was written of them. */
export function counts({ features, applied }: KeptReceipt): [Key, number][] {
  const found: [Key, number][] = [];
  if (features !== undefined) {
    found.push(
      ["receipt.read", features.received],
      ["receipt.accepted", features.accepted],
      ["receipt.with_errors", features.with_errors],
      ["receipt.with_warnings", features.with_warnings],
      ["receipt.unlocated", features.unlocated],
    );
  }
  if (applied) {
    found.push(
      ["receipt.created", applied.created],
      ["receipt.updated", applied.updated],
      ["receipt.unchanged", applied.unchanged],
      ["receipt.left_out", applied.left_out.length + (features?.left_out.length ?? 0)],
    );
  }
  return found.filter(([key, count]) => count > 0 || !RARE.has(key));
}
