/** Where a draft comes from: a file, the map, or a notebook with bearings and distances. */
import type { Geometry, Polygon } from "geojson";
import { element, replace } from "../dom";
import { decimal } from "../format";
import { distanceM } from "../geo/measure";
import { readPositions, writePositions } from "../geo/positions";
import { readLegs, traverse } from "../geo/traverse";
import { propertyName, text } from "../language";
import type { Spot } from "../map/spot";
import type { Properties, Schema } from "../wire";
import { Draft } from "./draft";
import { propertyField } from "./field";

export interface Bench {
  queryables: Schema;
  required: string[];
  /** The media types that the server takes. */
  taken: string[];
  show: (spots: Spot[], move?: boolean) => void;
  draw: (changed: (geometry: Geometry) => void) => void;
  use: (draft: Draft) => void;
}

/** Files that every server reads. */
const ENDINGS = [
  "geojson json geojsonl geojsons ndjson jsonl",
  "csv tsv txt xlsx",
  "zip shz gpkg fgb kml kmz gpx",
  "gz",
].flatMap((some) => some.split(" "));
/** Read by servers that were built to. */
const PARQUET = "application/vnd.apache.parquet";
const PARQUET_ENDINGS = ["parquet", "geoparquet"];

/** Asked for besides what has to be there. */
const USUAL = ["name", "organisation"];

export function fromFile(bench: Bench): HTMLElement {
  const readsParquet = bench.taken.includes(PARQUET);
  const endings = readsParquet ? [...ENDINGS, ...PARQUET_ENDINGS] : ENDINGS;
  const field = element("input", {
    type: "file",
    id: "file",
    accept: endings.map((ending) => `.${ending}`).join(","),
    hidden: true,
    onchange: () => take(field.files),
  });
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file !== undefined) void Draft.read(file).then(bench.use);
  };
  const over = (event: Event) => {
    event.preventDefault();
    drop.classList.add("over");
  };
  const drop: HTMLElement = element(
    "div",
    {
      class: "drop",
      ondragover: over,
      ondragleave: () => drop.classList.remove("over"),
      ondrop: (event) => {
        event.preventDefault();
        drop.classList.remove("over");
        take((event as DragEvent).dataTransfer?.files);
      },
    },
    element("p", {}, text("file.drop")),
    field,
    element("button", { type: "button", onclick: () => field.click() }, text("file.choose")),
    element("p", { class: "faint" }, text("file.formats", { parquet: Number(readsParquet) })),
  );
  return drop;
}

/** The properties of a new record: what has to be there, what is usual, and any other. */
function form(bench: Bench, properties: Properties): HTMLElement {
  const known = bench.queryables.properties;
  const fields = element("div", { class: "fields" });
  const add = (name: string) =>
    fields.append(
      propertyField(
        name,
        known[name] ?? {},
        properties[name],
        bench.required.includes(name),
        (value) => {
          properties[name] = value;
        },
      ),
    );
  const shown = new Set([...bench.required, ...USUAL.filter((name) => name in known)]);
  shown.forEach(add);
  const derived = new Set([
    "claimed_m2",
    "remaining_m2",
    "stage",
    "located",
    "revision",
    "version",
    "recorded_at",
    "effective_on",
    "geometry",
  ]);
  const more = element(
    "select",
    {
      "aria-label": text("draw.more"),
      onchange: () => {
        if (more.value !== "" && !shown.has(more.value)) {
          shown.add(more.value);
          add(more.value);
        }
        more.value = "";
      },
    },
    element("option", { value: "" }, text("draw.more")),
    Object.keys(known)
      .filter((name) => !derived.has(name) && !shown.has(name))
      .map((name) => element("option", { value: name }, propertyName(name))),
  );
  return element("div", { class: "stack" }, fields, more);
}

function made(properties: Properties, geometry: Geometry): Draft {
  const given = Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== null && value !== ""),
  );
  return Draft.of(text("draw.new"), [{ type: "Feature", geometry, properties: given }]);
}

export function fromMap(bench: Bench): HTMLElement {
  const properties: Properties = {};
  const typed = element("textarea", {
    id: "ring",
    rows: 6,
    spellcheck: "false",
    placeholder: "102.61, 12.85",
  });
  const notice = element("p", { class: "error", role: "alert" });
  const draw = () => {
    replace(notice);
    bench.draw((geometry) => {
      if (geometry.type === "Polygon")
        typed.value = writePositions((geometry.coordinates[0] ?? []).slice(0, -1));
    });
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const given = readPositions(typed.value);
    if ("line" in given) return replace(notice, text("position.unreadable", { line: given.line }));
    const [first] = given.positions;
    const last = given.positions.at(-1);
    if (first === undefined || last === undefined || given.positions.length < 3)
      return replace(notice, text("draw.too_few"));
    const ring = distanceM(first, last) === 0 ? given.positions : [...given.positions, first];
    const polygon: Polygon = { type: "Polygon", coordinates: [ring] };
    bench.show([{ geometry: polygon, kind: "sketch" }], true);
    bench.use(made(properties, polygon));
  };
  return element(
    "form",
    { class: "stack", onsubmit: submit },
    element("p", {}, text("draw.explained")),
    element("button", { type: "button", class: "quiet", onclick: draw }, text("draw.start")),
    element("label", {}, text("fix.positions"), typed),
    notice,
    form(bench, properties),
    element("button", { type: "submit" }, text("contribute.check")),
  );
}

export function fromTraverse(bench: Bench): HTMLElement {
  const properties: Properties = {};
  const [lon, lat] = [
    element("input", { type: "number", step: "any", required: true, min: -180, max: 180 }),
    element("input", { type: "number", step: "any", required: true, min: -90, max: 90 }),
  ];
  const typed = element("textarea", {
    id: "legs",
    rows: 6,
    spellcheck: "false",
    required: true,
    placeholder: "90, 120\n180, 80\n270, 120",
  });
  const notice = element("p", { role: "status" });
  const go = () => {
    const read = readLegs(typed.value);
    if ("line" in read) {
      replace(
        notice,
        element("span", { class: "error" }, text("traverse.unreadable", { line: read.line })),
      );
      return null;
    }
    const found = traverse([Number(lon.value), Number(lat.value)], read.legs);
    if (found === null) {
      replace(notice, element("span", { class: "error" }, text("draw.too_few")));
      return null;
    }
    const named = { length: decimal(found.lengthM, 1), misclosure: decimal(found.misclosureM, 1) };
    replace(notice, found.closes ? text("traverse.closes", named) : text("traverse.open", named));
    bench.show([{ geometry: found.polygon, kind: "sketch" }], true);
    return found.polygon;
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const polygon = go();
    if (polygon !== null) bench.use(made(properties, polygon));
  };
  return element(
    "form",
    { class: "stack", onsubmit: submit },
    element("p", {}, text("traverse.explained")),
    element(
      "div",
      { class: "row" },
      element("label", {}, text("position.longitude"), lon),
      element("label", {}, text("position.latitude"), lat),
    ),
    element("label", {}, text("traverse.legs"), typed),
    element("button", { type: "button", class: "quiet", onclick: go }, text("traverse.show")),
    notice,
    form(bench, properties),
    element("button", { type: "submit" }, text("contribute.check")),
  );
}
