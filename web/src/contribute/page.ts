/** Sending records: from a file, the map or a notebook; checked first, mended here, followed afterwards. */
import "../style/explore.css";
import "../style/contribute.css";
import type { Geometry } from "geojson";
import { element, replace } from "../dom";
import { whole } from "../format";
import { type Key, text } from "../language";
import type { Sketch } from "../map/sketch";
import type { Spot } from "../map/spot";
import { finest, readRegions } from "../overview/data";
import { note } from "../route";
import { read, Refusal, send } from "../server";
import { type Page, told } from "../shell";
import type { Receipt, Schema } from "../wire";
import type { Draft } from "./draft";
import { findings } from "./findings";
import { type Bench, fromFile, fromMap, fromTraverse } from "./sources";
import { submissions } from "./states";

const SOURCES: Record<string, { title: Key; make: (bench: Bench) => HTMLElement }> = {
  file: { title: "contribute.file", make: fromFile },
  draw: { title: "contribute.draw", make: fromMap },
  traverse: { title: "contribute.traverse", make: fromTraverse },
};

interface Collections {
  collections: { id: string; title: string }[];
}

export async function show(page: Page): Promise<void> {
  const { programme, main, query, signal } = page;
  const below = `/programmes/${programme.code}`;
  const { collections } = await read<Collections>(`${below}/collections`, {}, signal);
  const collection = query.get("collection") ?? "hazardous-areas";
  const [schema, queryables, regions] = await Promise.all([
    read<Schema>(`${below}/collections/${collection}/schema`, {}, signal),
    read<Schema>(`${below}/collections/${collection}/queryables`, {}, signal),
    readRegions(programme.code, signal),
  ]);
  const choice = element(
    "select",
    { id: "collection", onchange: () => { note({ collection: choice.value }); window.dispatchEvent(new HashChangeEvent("hashchange")); } },
    collections.map((one) => element("option", { value: one.id, selected: one.id === collection }, one.title)),
  );
  const tabs = element("div", { class: "row tabs", role: "group", "aria-label": text("contribute.sources") });
  const work = element("div", { class: "stack" });
  const outcome = element("div", {});
  const holder = element("div", { class: "map", role: "region", "aria-label": text("contribute.map") });
  const sent = element("section", { class: "card wide sent" });
  replace(
    main,
    element("h1", { class: "hidden" }, text("page.contribute")),
    element(
      "div",
      { class: "explore" },
      element("div", { class: "panel card stack" }, element("label", { for: "collection" }, text("contribute.collection")), choice, tabs, work, outcome),
      element("div", { class: "map-side" }, holder),
    ),
    sent,
  );
  const [{ baseMap, drawRegions }, { spot }] = await Promise.all([import("../map/base"), import("../map/spot")]);
  const map = await baseMap(holder, programme.extent.spatial.bbox[0] ?? [-180, -80, 180, 80]);
  if (signal.aborted) return map.remove();
  drawRegions(map, finest(regions));
  let sketch: Promise<Sketch> | undefined;
  let changed: (geometry: Geometry) => void = () => undefined;
  const sketching = () =>
    (sketch ??= import("../map/sketch").then(({ Sketch }) => new Sketch(map, (geometry) => changed(geometry))));
  signal.addEventListener("abort", () => void (sketch ?? Promise.resolve(undefined)).then((one) => { one?.remove(); map.remove(); }));
  const showSpots = (spots: Spot[], move = false) => spot(map, spots, { move });
  const follow = () => void submissions(sent, programme.code, signal).catch(() => undefined);

  const check = async (draft: Draft) => {
    replace(outcome, element("p", { role: "status" }, text("contribute.checking")));
    void sketch?.then((one) => one.begin("polygon"));
    const receipt = await dryRun(below, collection, draft);
    if (signal.aborted) return;
    const desk = {
      draft,
      queryables,
      show: showSpots,
      drag: (geometry: Parameters<Sketch["edit"]>[0], told: (geometry: Geometry) => void) => {
        changed = told;
        void sketching().then((one) => one.edit(geometry));
      },
      again: () => void check(draft).catch(failed),
    };
    replace(outcome, findings(desk, receipt), submitting(below, collection, draft, receipt, follow));
    showSpots(draft.features.map((one): Spot => ({ geometry: one.geometry, kind: "sketch" })), true);
  };
  const failed = (failure: unknown) => replace(outcome, element("p", { class: "error", role: "alert" }, told(failure)));
  const bench: Bench = {
    queryables,
    required: schema.required ?? [],
    show: showSpots,
    draw: (told) => {
      changed = told;
      void sketching().then((one) => one.begin("polygon"));
      page.say(text("draw.drawing"));
    },
    use: (draft) => void check(draft).catch(failed),
  };
  const enter = (name: string) => {
    replace(outcome);
    showSpots([]);
    replace(work, SOURCES[name]?.make(bench));
    for (const tab of tabs.querySelectorAll("button")) tab.setAttribute("aria-pressed", String(tab.dataset["source"] === name));
    note({ from: name === "file" ? null : name });
  };
  replace(tabs, Object.entries(SOURCES).map(([name, { title }]) => element("button", { type: "button", class: "quiet", "data-source": name, "aria-pressed": "false", onclick: () => enter(name) }, text(title))));
  const from = query.get("from") ?? "file";
  enter(from in SOURCES ? from : "file");
  follow();
}

function receiptOf(failure: unknown): Receipt {
  const body = failure instanceof Refusal ? (failure.body as Partial<Receipt> | null) : null;
  if (body?.features === undefined || body.findings === undefined) throw failure;
  return body as Receipt;
}

async function dryRun(below: string, collection: string, draft: Draft): Promise<Receipt> {
  try {
    return await send<Receipt>(`${below}/submissions`, { collection, dry_run: "true" }, draft.body);
  } catch (failure) {
    return receiptOf(failure);
  }
}

function submitting(below: string, collection: string, draft: Draft, receipt: Receipt, follow: () => void): HTMLElement {
  const errors = receipt.features.with_errors;
  // Pressed twice, or sent again after the line broke, it is one submission.
  const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  const skip = element("input", { type: "checkbox", onchange: () => { button.disabled = errors > 0 && !skip.checked; } });
  const notice = element("div", { role: "status" });
  const submit = async () => {
    button.disabled = true;
    replace(notice, text("contribute.sending"));
    try {
      const query = { collection, on_error: skip.checked ? "skip" : null };
      const done = await send<Receipt>(`${below}/submissions`, query, draft.body, { "Idempotency-Key": key });
      replace(notice, element("p", { class: "done" }, text("contribute.sent", { accepted: whole(done.features.accepted), submission: done.submission ?? "" })));
      follow();
    } catch (failure) {
      button.disabled = false;
      replace(notice, element("p", { class: "error" }, told(failure)));
    }
  };
  const button = element("button", { type: "button", disabled: errors > 0 || receipt.features.accepted === 0, onclick: () => void submit() }, text("contribute.submit", { count: whole(receipt.features.accepted) }));
  return element(
    "section",
    { class: "stack" },
    errors > 0 && receipt.features.accepted > 0 && element("label", { class: "check" }, skip, text("contribute.skip")),
    button,
    notice,
  );
}
