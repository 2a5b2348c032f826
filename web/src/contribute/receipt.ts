/** The receipt of a submission: what was sent, what was found in it, what became of it. */
import type { Map as MapLibre } from "maplibre-gl";
import { element, replace, save } from "../dom";
import { type CollectionDocument, collectionNamed, readCollections } from "../explore/collections";
import { saveAsSent } from "../explore/documents";
import { loadSayings, text } from "../language";
import { baseMap, drawRegions } from "../map/base";
import { firstBox } from "../map/extent";
import { frame } from "../map/frame";
import { onSpot, spot, type Spot } from "../map/spot";
import { finest, readRegions, regionName } from "../overview/data";
import { link } from "../route";
import { read } from "../server";
import { type Page, told } from "../shell";
import type { KeptReceipt, Receipt } from "../wire";
import { featuresAsSent } from "./as_sent";
import { type Desk, findings, type Told } from "./findings";
import { isWaiting, WAITING_MS } from "./paging";
import { conflicts, counted, meaning, origin, sending, unreadable } from "./receipt_facts";
import { refused } from "./refused";
import { SentTable } from "./sent_table";
import { stateBadge } from "./state_badge";
import { unsentOf } from "./unsent";

class OpenedReceipt {
  readonly #title = element("h1", { tabindex: -1 }, text("receipt.title"));
  readonly #state = element("p", { role: "status" });
  readonly #content = element("div", { class: "stack receipt" });
  #map: MapLibre | undefined;
  #spots: Spot[] = [];
  #told: Told | undefined;
  #timer = 0;

  constructor(
    readonly page: Page,
    readonly id: string,
    readonly collections: CollectionDocument[],
    panel: HTMLElement,
    /** Where the map is. */
    readonly holder: HTMLElement,
    /** Where findings are told at a glance. */
    readonly glance: HTMLElement,
  ) {
    const { code } = page.programme;
    const back = link(code, "contribute", { collection: unsentOf(code)?.collection });
    const way = element("a", { class: "no-print", href: back }, text("receipt.back"));
    const heading = page.mayContribute && element("p", {}, way);
    replace(panel, heading, this.#title, this.#state, this.#content);
    page.signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      this.#map?.remove();
    });
  }

  /** Shows the receipt; again and again while the submission waits for a decision. */
  async read(): Promise<void> {
    const { programme, signal } = this.page;
    try {
      const path = `/programmes/${programme.code}/submissions/${encodeURIComponent(this.id)}`;
      const receipt = await read<KeptReceipt>(path, {}, signal);
      await this.#show(receipt);
      if (isWaiting([receipt]) && !signal.aborted)
        this.#timer = window.setTimeout(() => void this.read(), WAITING_MS);
    } catch (failure) {
      if (signal.aborted) return;
      replace(this.#state);
      replace(
        this.#content,
        refused(failure, () => void this.read()),
      );
    }
    const nowhere: (Element | null)[] = [document.body, this.page.main];
    if (nowhere.includes(document.activeElement)) this.#title.focus({ preventScroll: true });
  }

  async #show(receipt: KeptReceipt): Promise<void> {
    const { code } = this.page.programme;
    const name = collectionNamed(this.collections, receipt.collection);
    const found = element("div", { "aria-busy": "true" });
    replace(this.#state, stateBadge(receipt.status), " ", meaning(receipt));
    replace(
      this.#content,
      unreadable(receipt),
      origin(code, receipt, name),
      counted(receipt),
      conflicts(receipt),
      this.#files(receipt),
      found,
      element("h2", {}, text("receipt.sending")),
      sending(receipt),
    );
    if (receipt.findings !== undefined) await this.#tell(found, receipt as KeptReceipt & Receipt);
    found.removeAttribute("aria-busy");
  }

  async #tell(root: HTMLElement, receipt: KeptReceipt & Receipt): Promise<void> {
    const { programme, signal } = this.page;
    const features = await featuresAsSent(programme.code, receipt).catch(() => []);
    if (signal.aborted) return;
    const show = (spots: Spot[], move?: boolean) => {
      this.#draw(spots, move);
      if (move === true) this.holder.scrollIntoView({ block: "nearest" });
    };
    const desk: Desk = { features, show, repairs: null };
    const isDrawn = features.some((one) => one.geometry !== null);
    const counts = isDrawn && element("p", { class: "faint" }, text("receipt.drawn"));
    const found = findings(desk, receipt, { counts, more: "receipt.more" });
    this.#told = found;
    replace(root, found.root);
    replace(this.glance, found.table);
    const sent = features.map((one): Spot => ({ geometry: one.geometry, kind: "sketch" }));
    this.#draw([...sent, ...found.spots], true);
  }

  #files(receipt: KeptReceipt): HTMLElement {
    const notice = element("p", { class: "error", role: "alert" });
    const button = (words: string, onclick: () => void) =>
      element("button", { type: "button", class: "quiet", onclick }, words);
    const takeReceipt = () => {
      const written = JSON.stringify(receipt, null, 2);
      save(`${this.id}-receipt.json`, new Blob([written], { type: "application/json" }));
    };
    const takeFile = () => {
      replace(notice);
      saveAsSent(this.page.programme.code, this.id).catch((failure: unknown) =>
        replace(notice, told(failure)),
      );
    };
    return element(
      "div",
      { class: "no-print" },
      element(
        "div",
        { class: "row" },
        button(text("receipt.take"), takeReceipt),
        button(text("documents.take"), takeFile),
      ),
      notice,
    );
  }

  #draw(spots: Spot[], move = false): void {
    this.#spots = spots;
    if (this.#map !== undefined) spot(this.#map, spots, { move });
  }

  /** Takes a map, which shows what was found as soon as both are there. */
  useMap(map: MapLibre): void {
    this.#map = map;
    onSpot(map, (number) => this.#told?.reveal(number));
    this.#draw(this.#spots, true);
  }
}

async function drawMap(page: Page, opened: OpenedReceipt): Promise<void> {
  const { programme, signal } = page;
  const [map, regions] = await Promise.all([
    baseMap(opened.holder, firstBox(programme.extent)),
    readRegions(programme.code, signal).catch(() => null),
  ]);
  if (signal.aborted) return map.remove();
  if (regions !== null)
    drawRegions(map, finest(regions), (one) => regionName(one.properties ?? {}));
  opened.useMap(map);
}

/** Shows the receipt of a submission, and below it what else was sent. */
export async function show(page: Page, id: string): Promise<void> {
  const { programme, main, signal } = page;
  const [collections] = await Promise.all([
    readCollections(programme.code, signal).catch(() => []),
    loadSayings().catch(() => undefined),
  ]);
  if (signal.aborted) return;
  document.title = `${text("receipt.title")} – ${programme.title} – Safeground`;
  const glance = element("div", { class: "glance wide" });
  const { root, panel, holder } = frame(text("receipt.map"), glance);
  root.classList.add("told-first");
  const sent = new SentTable(page, collections, id);
  replace(main, root, sent.root);
  const opened = new OpenedReceipt(page, id, collections, panel, holder, glance);
  void sent.refresh();
  page.follow(async () => {
    void sent.refresh();
    return true;
  });
  // The page is there, and may be used, before all of it was read.
  void opened.read();
  void drawMap(page, opened).catch((failure: unknown) => {
    if (!signal.aborted) page.say(told(failure));
  });
}
