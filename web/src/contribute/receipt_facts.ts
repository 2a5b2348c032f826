/** What a receipt tells of a submission: how it was sent, what was counted, what was left out. */
import { type Child, element } from "../dom";
import { instant, isolated, whole } from "../format";
import { codeName, findingTitle, hasName, type Key, text } from "../language";
import { link } from "../route";
import type { Conflict, KeptReceipt, Receipt } from "../wire";
import { counts } from "./receipt_counts";

/** As many as a reader works through. */
const LISTED = 200;

const MEANINGS: Record<string, Key> = {
  applied: "receipt.applied",
  rejected: "receipt.rejected",
  received: "receipt.received",
};

/** What the state of a submission means. */
export function meaning({ status }: KeptReceipt): Child {
  const key = MEANINGS[status];
  return key === undefined ? null : text(key);
}

/** Names and what they stand for; those that stand for nothing are left out. */
function pairs(members: [string, Child][]): HTMLElement {
  const there = members.filter(([, content]) => content !== false);
  return element(
    "dl",
    { class: "inner" },
    there.map(([name, content]) => [element("dt", {}, name), element("dd", {}, content)]),
  );
}

const literal = (content: string) => element("code", { dir: "ltr" }, content);

function recordsAt(programme: string, collection: string, revision: number): Child {
  const href = link(programme, "explore", {
    collection: collection === "hazardous-areas" ? null : collection,
    as_of: revision,
  });
  return [whole(revision), " – ", element("a", { href }, text("receipt.records"))];
}

/** Who sent what and when, and which revision it made. */
export function origin(programme: string, receipt: KeptReceipt, collection: string): HTMLElement {
  const { revision } = receipt;
  return pairs([
    [text("sent.received"), instant(receipt.received_at)],
    [text("sent.by"), isolated(receipt.actor)],
    [text("contribute.collection"), collection],
    [
      text("sent.revision"),
      revision !== null && recordsAt(programme, receipt.collection, revision),
    ],
  ]);
}

/** How it was to be taken, and by what it is recognised. */
export function sending(receipt: KeptReceipt): HTMLElement {
  const { idempotency_key: key, layer } = receipt;
  const onError = receipt.on_error === "skip" ? "receipt.on_error.skip" : "receipt.on_error.reject";
  return pairs([
    [text("receipt.on_error"), text(onError)],
    [text("receipt.accept_repairs"), codeName(String(receipt.accept_repairs))],
    [text("file.layer"), layer !== null && isolated(layer)],
    [text("receipt.size"), text("receipt.bytes", { count: receipt.bytes })],
    [text("sent.number"), literal(receipt.submission)],
    [text("receipt.key"), key !== null && literal(key)],
    ["SHA-256", literal(receipt.sha256)],
  ]);
}

export function counted(receipt: KeptReceipt): HTMLElement {
  return pairs(counts(receipt).map(([key, count]) => [text(key), whole(count)]));
}

/** Where reading a file stopped, and why. */
export function unreadable({ unreadable }: Partial<Pick<Receipt, "unreadable">>): Child {
  if (!unreadable) return null;
  const place = { line: unreadable.line, byte: unreadable.byte_offset };
  return element(
    "div",
    { class: "error" },
    element("p", {}, text("receipt.unreadable", place)),
    element("p", { lang: "en", dir: "ltr" }, unreadable.message),
  );
}

function contradiction({ kind }: Conflict): string {
  return findingTitle(kind) ?? (hasName(kind) ? codeName(kind) : kind);
}

/** Records left out because they contradict what is recorded. */
export function conflicts({ applied }: KeptReceipt): Child {
  const all = applied?.left_out ?? [];
  if (all.length === 0) return null;
  const entry = (one: Conflict) =>
    element("li", {}, isolated(one.local_id), " – ", contradiction(one));
  const more = all.length - LISTED;
  return [
    element("h2", {}, text("receipt.conflicts")),
    element("ul", {}, all.slice(0, LISTED).map(entry)),
    more > 0 && element("p", {}, text("receipt.more", { count: more })),
  ];
}
