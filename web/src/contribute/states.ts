/** What was sent, and what became of it. */
import { element, replace } from "../dom";
import { instant, whole } from "../format";
import { codeName, text } from "../language";
import { read } from "../server";
import type { Submission } from "../wire";

const LISTED = 20;

export async function submissions(root: HTMLElement, programme: string, signal: AbortSignal): Promise<void> {
  const listed = await read<{ submissions: Submission[] }>(`/programmes/${programme}/submissions`, {}, signal);
  replace(
    root,
    element(
      "table",
      {},
      element("caption", {}, text("sent.title")),
      element("thead", {}, element("tr", {}, [text("sent.received"), text("sent.by"), text("contribute.collection"), text("sent.state"), text("sent.revision"), text("sent.number")].map((name) => element("th", { scope: "col" }, name)))),
      element(
        "tbody",
        {},
        listed.submissions.slice(0, LISTED).map((one) =>
          element(
            "tr",
            {},
            element("td", {}, instant(one.received_at)),
            element("td", {}, one.actor),
            element("td", {}, codeName(one.collection)),
            element("td", {}, element("strong", {}, codeName(one.status))),
            element("td", { class: "number" }, one.revision === null ? "–" : whole(one.revision)),
            element("td", {}, element("code", {}, one.submission)),
          ),
        ),
      ),
    ),
  );
}
