// What is seriously in the way of people who use a page in another way.
import { readFileSync } from "node:fs";

const AXE = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** Rules of WCAG 2.2 AA that a page breaks, with the places. */
export async function barriers(page) {
  // Put in through the debugger, since the policy of the page lets no other script run.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
  );
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact));
  const places = ({ nodes }) => nodes.map((node) => node.html.slice(0, 120)).join(" | ");
  return serious.map((one) => `${one.id}: ${places(one)}`);
}
