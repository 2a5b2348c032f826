/** One record: what it is, what became of it, its versions and how they differ. */
import type { Geometry } from "geojson";
import { type Child, element, replace } from "../dom";
import { areaM2, day } from "../format";
import { codeName, codeTitle, text } from "../language";
import { link } from "../route";
import { read } from "../server";
import type { Spot } from "../map/spot";
import type { Cause, Item, Story, StoryEvent, Version } from "../wire";
import { showDocuments } from "./documents";
import { facts } from "./facts";
import { showVersions } from "./versions";

/** The two clocks that a picture is asked by. */
export interface Clocks {
  as_of?: string | undefined;
  effective?: string | undefined;
}

export interface Around {
  programme: string;
  clocks: Clocks;
  signal: AbortSignal;
  mayContribute: boolean;
  show: (spots: Spot[], move?: boolean) => void;
  back: () => void;
  /** Shows the record as it has become. */
  again: () => void;
  nearby: (item: Item) => void;
}

function record(around: Around, cause: Cause): Child {
  const query =
    cause.collection === "hazardous-areas"
      ? { area: cause.local_id }
      : { record: `${cause.collection}/${cause.local_id}` };
  const href = link(around.programme, "explore", { ...query, ...around.clocks });
  return element("a", { href }, cause.local_id);
}

/** A record that is shown. */
export interface Opened {
  /** Looks whether it has changed, and offers to show it anew: nobody's reading is interrupted. */
  changed: () => Promise<void>;
}

/** What of a record may change while it is read: itself, and what the ledger says of its land. */
function state(item: Item): string {
  return JSON.stringify([item.version, item.lifecycle ?? null]);
}

/** Shows a record, given as `collection/id`. */
export async function area(root: HTMLElement, name: string, around: Around): Promise<Opened> {
  const at = name.indexOf("/");
  const [collection, id] = [name.slice(0, at), name.slice(at + 1)];
  const path = `/programmes/${around.programme}/collections/${collection}/items/${encodeURIComponent(id)}`;
  replace(root, element("p", { class: "faint" }, text("loading")));
  const { clocks } = around;
  const item = await read<Item>(path, { ...clocks }, around.signal);
  const title = String(item.properties["local_id"] ?? item.id);
  const land = item.lifecycle?.land ?? undefined;
  const story = element("section", {});
  const versions = element("section", {});
  const documents = element("section", {});
  replace(
    root,
    element("button", { type: "button", class: "quiet", onclick: around.back }, text("area.back")),
    element("h1", { tabindex: -1 }, title),
    element("p", {}, String(item.properties["name"] ?? "")),
    item.located === false && element("p", { class: "error" }, text("area.unlocated")),
    land !== undefined &&
      element(
        "dl",
        { class: "inner" },
        element("dt", {}, text("area.stage")),
        element("dd", {}, codeName(item.lifecycle?.stage)),
        element("dt", {}, text("area.claimed")),
        element("dd", {}, areaM2(land["claimed_m2"] as number)),
        element("dt", {}, text("figure.remaining")),
        element("dd", {}, element("strong", {}, areaM2(land["remaining_m2"] as number))),
      ),
    element(
      "div",
      { class: "row" },
      element(
        "button",
        { type: "button", class: "quiet", onclick: () => around.nearby(item) },
        text("area.nearby"),
      ),
    ),
    story,
    versions,
    documents,
    element(
      "details",
      { open: collection !== "hazardous-areas" },
      element("summary", {}, text("area.properties")),
      facts(item.properties),
    ),
  );
  root.querySelector("h1")?.focus({ preventScroll: true });
  around.show([{ geometry: item.geometry, kind: "now" }], true);
  const told = async (section: HTMLElement, fill: () => Promise<void>) => {
    try {
      await fill();
    } catch {
      if (!around.signal.aborted)
        replace(section, element("p", { class: "faint" }, text("area.not_here")));
    }
  };
  if (collection === "hazardous-areas") {
    void told(story, async () =>
      showStory(
        story,
        await read<Story>(`${path}/story`, { as_of: clocks.as_of }, around.signal),
        item,
        around,
      ),
    );
  }
  void told(versions, async () => {
    const at = `${path}/versions`;
    const listed = await read<{ versions: Version[] }>(at, {}, around.signal);
    showVersions(versions, at, listed.versions, around.show);
    // Files hold more than the record: they are for those who send them.
    if (around.mayContribute) showDocuments(documents, around.programme, listed.versions);
  });
  const notice = element("p", { class: "changed", role: "status" });
  root.querySelector("h1")?.after(notice);
  const button = { type: "button", class: "quiet", onclick: around.again };
  const changed = async () => {
    const now = await read<Item>(path, { ...clocks }, around.signal).catch(() => null);
    if (!around.signal.aborted && (now === null || state(now) !== state(item)))
      replace(notice, text("area.changed"), " ", element("button", button, text("area.anew")));
  };
  return { changed };
}

function event(one: StoryEvent, around: Around): Child {
  const what = codeTitle(String(one.event === "released" ? one.outcome : one.event));
  const how = one.classification === undefined ? "" : ` (${codeName(one.classification)})`;
  const much = one.area_m2 === undefined ? "" : ` ${areaM2(one.area_m2)}`;
  return element(
    "li",
    {},
    `${what}${how}${much} – `,
    record(around, one.cause),
    one.reason ? `: ${one.reason}` : "",
  );
}

function showStory(root: HTMLElement, story: Story, item: Item, around: Around): void {
  const step = (geometry: Geometry | null) =>
    around.show([
      { geometry: item.geometry, kind: "before" },
      { geometry, kind: "after" },
    ]);
  replace(
    root,
    element("h2", {}, text("area.story")),
    element(
      "ol",
      { class: "story" },
      story.features.map((one) =>
        element(
          "li",
          {},
          element("strong", {}, day(one.properties.on)),
          element(
            "ul",
            {},
            one.properties.events.map((happened) => event(happened, around)),
          ),
          element(
            "button",
            { type: "button", class: "plain link", onclick: () => step(one.geometry) },
            text("area.remained", { area: areaM2(one.properties.remaining_m2) }),
          ),
        ),
      ),
    ),
  );
}
