/** Sending records: from a file, the map or a notebook; checked first, mended here, followed afterwards. */
import "../style/explore.css";
import "../style/contribute.css";
import type { Geometry, LineString, Polygon } from "geojson";
import type { Map as MapLibre } from "maplibre-gl";
import { element, replace } from "../dom";
import { type Key, loadSayings, text } from "../language";
import { type CollectionDocument, collectionName, readCollections } from "../explore/collections";
import { baseMap, drawRegions } from "../map/base";
import { firstBox } from "../map/extent";
import { frame, tabs } from "../map/frame";
import type { Sketch } from "../map/sketch";
import { onSpot, spot, type Spot } from "../map/spot";
import { finest, readRegions, regionName } from "../overview/data";
import { note } from "../route";
import { read, Refusal, send, taken } from "../server";
import { type Page, told } from "../shell";
import type { Receipt, Schema } from "../wire";
import type { Draft } from "./draft";
import { type Desk, findings, type Told } from "./findings";
import { repairs } from "./mending";
import { unreadable } from "./receipt_facts";
import { type Bench, fromFile, fromMap, fromTraverse } from "./sources";
import { SentTable } from "./sent_table";
import { submitting } from "./submitting";
import { forgetUnsent, keepUnsent, unsentOf } from "./unsent";

type Source = "file" | "draw" | "traverse";
const SOURCES: Record<Source, Key> = {
  file: "contribute.file",
  draw: "contribute.draw",
  traverse: "contribute.traverse",
};
const MAKERS: Record<Source, (bench: Bench) => HTMLElement> = {
  file: fromFile,
  draw: fromMap,
  traverse: fromTraverse,
};

/** What the server says of the records that are sent. */
interface Setting {
  collections: CollectionDocument[];
  /** The collection that they are of. */
  collection: string;
  schema: Schema;
  queryables: Schema;
  /** The media types that are taken. */
  taken: string[];
}

/** What is being worked on: a draft, what the check said of it, and the map that shows both. */
class Workbench {
  readonly work = element("div", { class: "stack" });
  readonly outcome = element("div", {});
  readonly #below: string;
  #checked: Draft | undefined;
  #sketch: Promise<Sketch> | undefined;
  #drawn: (geometry: Geometry) => void = () => undefined;

  #told: Told | undefined;

  constructor(
    readonly page: Page,
    readonly map: MapLibre,
    readonly setting: Setting,
    /** Where findings are told at a glance. */
    readonly glance: HTMLElement,
    readonly sent: SentTable,
  ) {
    this.#below = `/programmes/${page.programme.code}`;
    onSpot(map, (number) => this.#told?.reveal(number));
    page.signal.addEventListener("abort", () => void this.#leave());
  }

  async #leave(): Promise<void> {
    (await this.#sketch)?.remove();
    this.map.remove();
  }

  readonly #show = (spots: Spot[], move = false) => spot(this.map, spots, { move });

  async #sketching(drawn: (geometry: Geometry) => void): Promise<Sketch> {
    this.#drawn = drawn;
    this.#sketch ??= import("../map/sketch").then(
      ({ Sketch }) => new Sketch(this.map, (geometry) => this.#drawn(geometry)),
    );
    return this.#sketch;
  }

  /** Changes where the records come from. */
  enter(source: Source): void {
    const bench: Bench = {
      queryables: this.setting.queryables,
      required: this.setting.schema.required ?? [],
      taken: this.setting.taken,
      show: this.#show,
      draw: (drawn) => {
        void this.#sketching(drawn).then((sketch) => sketch.begin("polygon"));
        this.page.say(text("draw.drawing"));
      },
      use: (draft) => void this.#check(draft),
    };
    replace(this.outcome);
    replace(this.glance);
    forgetUnsent();
    this.#told = undefined;
    void this.#sketch?.then((sketch) => sketch.clear());
    this.#show([]);
    replace(this.work, MAKERS[source](bench));
    note({ from: source === "file" ? null : source });
  }

  #desk(draft: Draft): Desk {
    const bench = {
      draft,
      queryables: this.setting.queryables,
      drag: (geometry: Polygon | LineString, drawn: (geometry: Geometry) => void) =>
        void this.#sketching(drawn).then((sketch) => sketch.edit(geometry)),
      again: () => void this.#check(draft),
    };
    return {
      features: draft.features,
      show: this.#show,
      repairs: draft.isEditable ? (finding, place) => repairs(bench, finding, place) : null,
    };
  }

  /** Asks the server what it would say, and shows it; nothing is written. */
  async #check(draft: Draft): Promise<void> {
    const { outcome, page } = this;
    const { collection } = this.setting;
    keepUnsent(page.programme.code, collection, draft);
    replace(outcome, element("p", { role: "status" }, text("contribute.checking")));
    replace(this.glance);
    void this.#sketch?.then((sketch) => sketch.clear());
    try {
      const receipt = await dryRun(this.#below, collection, draft);
      if (page.signal.aborted) return;
      const desk = this.#desk(draft);
      const sending = submitting({
        programme: page.programme.code,
        collection,
        draft,
        receipt,
        sent: (isApplied) => {
          if (isApplied) forgetUnsent();
          void this.sent.refresh();
        },
      });
      const asItIs =
        !draft.isEditable &&
        element("p", { class: "faint" }, text("file.as_it_is", { name: draft.name }));
      const counts = [unreadable(receipt), counted(receipt)];
      const found = findings(desk, receipt, { counts, more: "findings.more" });
      this.#told = found;
      replace(outcome, asItIs, found.root, sending);
      replace(this.glance, found.table);
      if (this.#checked !== draft) outcome.querySelector("h2")?.focus();
      this.#checked = draft;
      const drawn = draft.features.map((one): Spot => ({ geometry: one.geometry, kind: "sketch" }));
      this.#show([...drawn, ...found.spots], true);
    } catch (failure) {
      const words = element("p", { class: "error", role: "alert" }, told(failure));
      replace(outcome, words, wantsLayer(failure) && this.#layerChoice(draft));
    }
  }

  /** Lets a layer of a file with several be named. */
  #layerChoice(draft: Draft): HTMLElement {
    const field = element("input", { type: "text", value: draft.layer, required: true });
    const submit = (event: Event) => {
      event.preventDefault();
      draft.layer = field.value.trim();
      void this.#check(draft);
    };
    return element(
      "form",
      { class: "row", onsubmit: submit },
      element("label", {}, text("file.layer"), field),
      element("button", { type: "submit" }, text("contribute.check")),
    );
  }

  /** Goes on with what was left unsent, where the reader was before. */
  takeUp(draft: Draft): void {
    this.#checked = draft;
    void this.#check(draft);
  }
}

function collectionChoice(collections: CollectionDocument[], chosen: string): HTMLElement {
  const choice = element(
    "select",
    {
      id: "collection",
      onchange: () => {
        note({ collection: choice.value });
        window.dispatchEvent(new HashChangeEvent("hashchange"));
      },
    },
    collections.map((one) =>
      element("option", { value: one.id, selected: one.id === chosen }, collectionName(one)),
    ),
  );
  return choice;
}

export async function show(page: Page): Promise<void> {
  const { programme, main, query, signal } = page;
  const asked = query.get("submission");
  if (asked !== null) return (await import("./receipt")).show(page, asked);
  const below = `/programmes/${programme.code}`;
  const collection = query.get("collection") ?? "hazardous-areas";
  const [collections, schema, queryables, regions, types] = await Promise.all([
    readCollections(programme.code, signal),
    read<Schema>(`${below}/collections/${collection}/schema`, {}, signal),
    read<Schema>(`${below}/collections/${collection}/queryables`, {}, signal),
    readRegions(programme.code, signal),
    taken(`${below}/submissions`, signal),
    loadSayings(),
  ]);
  programme.revision = Math.max(programme.revision, regions.revision);
  const glance = element("div", { class: "glance wide" });
  const { root, panel, holder } = frame(text("contribute.map"), glance);
  const enter = (source: Source) => {
    workbench.enter(source);
    sources.mark(source);
  };
  const sources = tabs(text("contribute.sources"), SOURCES, enter);
  replace(main, element("h1", { class: "hidden" }, text("page.contribute")), root);
  const map = await baseMap(holder, firstBox(programme.extent));
  if (signal.aborted) return map.remove();
  drawRegions(map, finest(regions), (one) => regionName(one.properties ?? {}));
  const setting = { collections, collection, schema, queryables, taken: types };
  const sent = new SentTable(page, collections, null);
  const workbench = new Workbench(page, map, setting, glance, sent);
  replace(
    panel,
    element(
      "div",
      { class: "stack" },
      element("label", { for: "collection" }, text("contribute.collection")),
      collectionChoice(collections, collection),
      sources.root,
      workbench.work,
      workbench.outcome,
    ),
  );
  main.append(sent.root);
  const from = query.get("from") ?? "file";
  const unsent = unsentOf(programme.code);
  enter(from in SOURCES ? (from as Source) : "file");
  if (unsent?.collection === collection) workbench.takeUp(unsent.draft);
  void sent.refresh();
  page.follow(async () => {
    void sent.refresh();
    return true;
  });
}

/** Whether a file was refused because it has several layers and none was named. */
function wantsLayer(failure: unknown): boolean {
  const written = failure instanceof Refusal ? JSON.stringify(failure.body) : "";
  return /ambiguous-layer|unknown-layer/.test(written);
}

function counted({ features }: Receipt): HTMLElement {
  const counts = {
    received: features.received,
    accepted: features.accepted,
    errors: features.with_errors,
    warnings: features.with_warnings,
  };
  return element("p", { role: "status" }, text("findings.count", counts));
}

function receiptOf(failure: unknown): Receipt {
  const body = failure instanceof Refusal ? (failure.body as Partial<Receipt> | null) : null;
  if (body?.features === undefined || body.findings === undefined) throw failure;
  return body as Receipt;
}

async function dryRun(below: string, collection: string, draft: Draft): Promise<Receipt> {
  try {
    return await send<Receipt>(
      `${below}/submissions`,
      { collection, dry_run: "true", layer: draft.layer },
      draft.body,
    );
  } catch (failure) {
    return receiptOf(failure);
  }
}
