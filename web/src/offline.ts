/** What a reader keeps on this device to read without a connection. Nothing is kept unasked. */
import { element } from "./dom";
import { text } from "./language";
import type { Page } from "./shell";

/** The store of the browser that the service worker answers from when the server is out of reach. */
export const KEPT = "safeground-kept";
const MARK = "safeground.kept";

export function isKept(): boolean {
  return localStorage.getItem(MARK) !== null;
}

/** Whether there is no connection, so that what was kept is shown. */
export function isReadingKept(): boolean {
  return isKept() && !navigator.onLine;
}

export async function forgetKept(): Promise<void> {
  localStorage.removeItem(MARK);
  if ("caches" in window) await caches.delete(KEPT);
}

export type Box = [number, number, number, number];
export function keepButton(page: Page, box: (() => Box) | null): HTMLElement | null {
  if (!("caches" in window)) return null;
  const keep = async () => {
    page.say(text("offline.keeping"));
    const { keepArea, TooMany } = await import("./offline_area");
    try {
      const count = await keepArea(page.programme, box?.() ?? null);
      localStorage.setItem(MARK, page.programme.code);
      page.say(text("offline.kept", { count }));
    } catch (failure) {
      localStorage.removeItem(MARK);
      page.say(text(failure instanceof TooMany ? "offline.too_many" : "offline.failed"));
    }
  };
  return element(
    "button",
    { type: "button", class: "quiet", onclick: () => void keep() },
    text("offline.keep"),
  );
}
