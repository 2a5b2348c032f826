/** Sending records: from a file, the map or a notebook; checked first, mended here, followed afterwards. */
import "../style/explore.css";
import "../style/contribute.css";
import type { Geometry } from "geojson";
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
import { type Bench, fromFile, fromMap, fromTraverse } from "./sources";
import { submissions } from "./states";

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
  readonly sent = element("section", {
    class: "card wide sent",
    tabindex: 0,
    "aria-label": text("sent.title"),
  });
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
    this.#told = undefined;
    void this.#sketch?.then((sketch) => sketch.clear());
    this.#show([]);
    replace(this.work, MAKERS[source](bench));
    note({ from: source === "file" ? null : source });
  }

  /** Asks the server what it would say, and shows it; nothing is written. */
  async #check(draft: Draft): Promise<void> {
    const { outcome, page } = this;
    const { collection, queryables } = this.setting;
    replace(outcome, element("p", { role: "status" }, text("contribute.checking")));
    replace(this.glance);
    void this.#sketch?.then((sketch) => sketch.clear());
    try {
      const receipt = await dryRun(this.#below, collection, draft);
      if (page.signal.aborted) return;
      const desk: Desk = {
        draft,
        queryables,
        show: this.#show,
        drag: (geometry, drawn) =>
          void this.#sketching(drawn).then((sketch) => sketch.edit(geometry)),
        again: () => void this.#check(draft),
      };
      const sending = submitting(this.#below, collection, draft, receipt, () => this.follow());
      const asItIs =
        !draft.isEditable &&
        element("p", { class: "faint" }, text("file.as_it_is", { name: draft.name }));
      const found = findings(desk, receipt);
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

  /** Shows what was sent, and its state. */
  follow(): void {
    const { page } = this;
    const { code } = page.programme;
    void submissions(this.sent, code, this.setting.collections, page.signal).catch(() => undefined);
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
  const workbench = new Workbench(page, map, setting, glance);
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
  main.append(workbench.sent);
  const from = query.get("from") ?? "file";
  enter(from in SOURCES ? (from as Source) : "file");
  workbench.follow();
  page.follow(async () => {
    workbench.follow();
    return true;
  });
}

/** Whether a file was refused because it has several layers and none was named. */
function wantsLayer(failure: unknown): boolean {
  const written = failure instanceof Refusal ? JSON.stringify(failure.body) : "";
  return /ambiguous-layer|unknown-layer/.test(written);
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

function submitting(
  below: string,
  collection: string,
  draft: Draft,
  receipt: Receipt,
  follow: () => void,
): HTMLElement {
  const errors = receipt.features.with_errors;
  // Pressed twice, or sent again after the line broke, it is one submission.
  const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  const skip = element("input", {
    type: "checkbox",
    onchange: () => {
      button.disabled = errors > 0 && !skip.checked;
    },
  });
  const notice = element("div", { role: "status" });
  const submit = async () => {
    button.disabled = true;
    replace(notice, text("contribute.sending"));
    try {
      const on_error = skip.checked ? "skip" : null;
      const query = { collection, on_error, layer: draft.layer };
      const done = await send<Receipt>(`${below}/submissions`, query, draft.body, {
        "Idempotency-Key": key,
      });
      replace(
        notice,
        element(
          "p",
          { class: "done" },
          text("contribute.sent", {
            accepted: done.features.accepted,
            submission: done.submission ?? "",
          }),
        ),
      );
      follow();
    } catch (failure) {
      button.disabled = false;
      replace(notice, element("p", { class: "error" }, told(failure)));
    }
  };
  const button = element(
    "button",
    {
      type: "button",
      disabled: errors > 0 || receipt.features.accepted === 0,
      onclick: () => void submit(),
    },
    text("contribute.submit", { count: receipt.features.accepted }),
  );
  return element(
    "section",
    { class: "stack" },
    errors > 0 &&
      receipt.features.accepted > 0 &&
      element("label", { class: "check" }, skip, text("contribute.skip")),
    button,
    notice,
  );
}
