/** Sending what was checked. */
import { type Child, element, replace } from "../dom";
import { text } from "../language";
import { link } from "../route";
import { Refusal, send } from "../server";
import { told } from "../shell";
import type { Receipt } from "../wire";
import type { Draft } from "./draft";

export interface Sending {
  programme: string;
  collection: string;
  draft: Draft;
  /** What the check said. */
  receipt: Receipt;
  /** Told when there is something new among what was sent; it may be recorded, or kept as rejected. */
  sent: (isApplied: boolean) => void;
}

/** The number under which a refused submission is kept, if it is. */
function keptAs(failure: unknown): string | null {
  const body = failure instanceof Refusal ? (failure.body as Partial<Receipt> | null) : null;
  return body?.submission ?? null;
}

function toReceipt(programme: string, submission: string | null): Child {
  if (submission === null) return null;
  const href = link(programme, "contribute", { submission });
  return element("p", {}, element("a", { href }, text("receipt.open")));
}

const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

export function submitting({ programme, collection, draft, receipt, sent }: Sending): HTMLElement {
  const { accepted, with_errors: errors } = receipt.features;
  // Of a file that is not read to its end nothing is applied, whatever is left out.
  const mayBeSent = accepted > 0 && !receipt.unreadable;
  // Pressed twice, or sent again after the line broke, it is one submission.
  let key = newKey();
  const skip = element("input", {
    type: "checkbox",
    onchange: () => {
      button.disabled = errors > 0 && !skip.checked;
    },
  });
  const notice = element("div", { role: "status" });
  const refused = (failure: unknown) => {
    const kept = keptAs(failure);
    // What was decided under this key is decided; sent again, it is another submission.
    if (kept !== null) key = newKey();
    button.disabled = false;
    const words = element("p", { class: "error" }, told(failure));
    replace(notice, words, toReceipt(programme, kept));
    if (kept !== null) sent(false);
  };
  const submit = async () => {
    button.disabled = true;
    replace(notice, text("contribute.sending"));
    const query = { collection, on_error: skip.checked ? "skip" : null, layer: draft.layer };
    const headers = { "Idempotency-Key": key };
    try {
      const path = `/programmes/${programme}/submissions`;
      const done = await send<Receipt>(path, query, draft.body, headers);
      const named = { accepted: done.features.accepted, submission: done.submission ?? "" };
      const words = element("p", { class: "done" }, text("contribute.sent", named));
      replace(notice, words, toReceipt(programme, done.submission));
      sent(true);
    } catch (failure) {
      refused(failure);
    }
  };
  const button = element(
    "button",
    { type: "button", disabled: errors > 0 || !mayBeSent, onclick: () => void submit() },
    text("contribute.submit", { count: accepted }),
  );
  return element(
    "section",
    { class: "stack" },
    errors > 0 && mayBeSent && element("label", { class: "check" }, skip, text("contribute.skip")),
    button,
    notice,
  );
}
