/** The files that the versions of a record came in, byte for byte. */
import { element, replace, save } from "../dom";
import { instant, isolated } from "../format";
import { codeName, text } from "../language";
import { link } from "../route";
import { readFile } from "../server";
import { told } from "../shell";
import type { Sent, Version } from "../wire";
import { endingOf } from "./endings";

const HEAD_BYTES = 16;

/** Hands the file of a submission to the browser to be saved, byte for byte. */
export async function saveAsSent(programme: string, submission: string): Promise<void> {
  const file = await readFile(`/programmes/${programme}/submissions/${submission}/body`);
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  save(`${submission}.${endingOf(head)}`, file);
}

/** Lists the submissions behind some versions; nothing where they came in another way. */
export function showDocuments(root: HTMLElement, programme: string, versions: Version[]): void {
  const sent = new Map(
    versions.flatMap(({ submission }) =>
      submission ? [[submission.id, submission] as const] : [],
    ),
  );
  if (sent.size === 0) return;
  const notice = element("p", { class: "error", role: "alert" });
  const take = (one: Sent) => {
    replace(notice);
    saveAsSent(programme, one.id).catch((failure: unknown) => replace(notice, told(failure)));
  };
  const entry = (one: Sent) =>
    element(
      "li",
      {},
      [
        instant(one.received_at),
        one.actor === undefined ? "" : isolated(one.actor),
        codeName(one.status),
      ]
        .filter((fact) => fact !== "")
        .join(" · "),
      " ",
      element(
        "button",
        { type: "button", class: "plain link no-print", onclick: () => take(one) },
        text("documents.take"),
      ),
      " ",
      element(
        "a",
        { class: "no-print", href: link(programme, "contribute", { submission: one.id }) },
        text("receipt.open"),
      ),
    );
  replace(
    root,
    element("h2", {}, text("documents.title")),
    element("ul", {}, [...sent.values()].map(entry)),
    notice,
  );
}
