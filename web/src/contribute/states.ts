/** What was sent, and what became of it. */
import { element, replace } from "../dom";
import { instant, whole } from "../format";
import { type CollectionDocument, collectionName } from "../explore/collections";
import { codeName, text } from "../language";
import { read } from "../server";
import type { Submission } from "../wire";

const LISTED = 20;

function heading(): HTMLElement {
  const names = [
    text("sent.received"),
    text("sent.state"),
    text("contribute.collection"),
    text("sent.by"),
  ];
  return element(
    "tr",
    {},
    names.map((name) => element("th", { scope: "col" }, name)),
    element("th", { scope: "col", class: "number" }, text("sent.revision")),
    element("th", { scope: "col" }, text("sent.number")),
  );
}

function row(one: Submission, name: string): HTMLElement {
  return element(
    "tr",
    {},
    element("td", { class: "when" }, instant(one.received_at)),
    element("td", {}, element("strong", {}, codeName(one.status))),
    element("td", {}, name),
    element("td", {}, one.actor),
    element("td", { class: "number" }, one.revision === null ? "–" : whole(one.revision)),
    element("td", {}, element("code", { dir: "ltr" }, one.submission)),
  );
}

export async function submissions(
  root: HTMLElement,
  programme: string,
  collections: CollectionDocument[],
  signal: AbortSignal,
): Promise<void> {
  const path = `/programmes/${programme}/submissions`;
  const listed = await read<{ submissions: Submission[] }>(path, {}, signal);
  const nameOf = (id: string) => {
    const known = collections.find((one) => one.id === id);
    return known === undefined ? codeName(id) : collectionName(known);
  };
  const rows = listed.submissions.slice(0, LISTED).map((one) => row(one, nameOf(one.collection)));
  replace(
    root,
    element(
      "table",
      {},
      element("caption", {}, text("sent.title")),
      element("thead", {}, heading()),
      element("tbody", {}, rows),
    ),
  );
}
