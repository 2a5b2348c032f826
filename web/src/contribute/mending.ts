/** What can be mended here of what a check found. */
import type { Geometry, LineString, Polygon } from "geojson";
import { type Child, element, replace } from "../dom";
import { readPositions, writePositions } from "../geo/positions";
import { propertyName, text } from "../language";
import type { Finding, Schema } from "../wire";
import { axesSwapped, type Draft } from "./draft";
import { propertyField } from "./field";
import { boundaryMeant } from "./suggestion";

export interface Mending {
  draft: Draft;
  queryables: Schema;
  /** Lets a boundary be dragged; told of every change. */
  drag: (geometry: Polygon | LineString, changed: (geometry: Geometry) => void) => void;
  /** Checks again after something was mended. */
  again: () => void;
}

function isOneRing(geometry: Geometry | null | undefined): geometry is Polygon {
  return geometry?.type === "Polygon" && geometry.coordinates.length === 1;
}

/** Editing of one boundary: dragged on the map, or typed. */
function boundaryEditor(bench: Mending, index: number, geometry: Polygon): HTMLElement {
  const ring = geometry.coordinates[0] ?? [];
  const field = element("textarea", { rows: 6, spellcheck: "false" });
  field.value = writePositions(ring);
  const notice = element("p", { class: "error", role: "alert" });
  const use = () => {
    const given = readPositions(field.value);
    if ("line" in given) return replace(notice, text("position.unreadable", { line: given.line }));
    bench.draft.setGeometry(index, { type: "Polygon", coordinates: [given.positions] });
    bench.again();
  };
  bench.drag(geometry, (changed) => {
    if (changed.type === "Polygon") field.value = writePositions(changed.coordinates[0] ?? []);
  });
  return element(
    "div",
    { class: "stack" },
    element("label", {}, text("fix.positions"), field),
    notice,
    element("button", { type: "button", onclick: use }, text("fix.use")),
  );
}

/** What can be done at once about a finding; `place` is where what has to be typed is asked for. */
export function repairs(bench: Mending, finding: Finding, place: HTMLElement): Child[] {
  const index = finding.index;
  const feature = index === undefined ? undefined : bench.draft.features[index];
  if (index === undefined || feature === undefined) return [];
  const button = (words: string, act: () => void) =>
    element("button", { type: "button", class: "quiet", onclick: act }, words);
  const found: Child[] = [];
  const meant = boundaryMeant(finding);
  if (meant !== null) {
    found.push(
      button(text("fix.suggestion"), () => {
        bench.draft.setGeometry(index, meant);
        bench.again();
      }),
    );
  }
  const name = /^\/properties\/([^/]+)/.exec(finding.pointer ?? "")?.[1];
  if (name !== undefined) {
    found.push(
      button(text("fix.property", { property: propertyName(name) }), () => {
        const field = propertyField(
          name,
          bench.queryables.properties[name] ?? {},
          feature.properties?.[name],
          false,
          (value) => {
            bench.draft.setProperty(index, name, value);
            bench.again();
          },
        );
        replace(place, field);
        field.querySelector<HTMLElement>("input, select")?.focus();
      }),
    );
  }
  const geometry = feature.geometry;
  if (finding.pointer?.startsWith("/geometry") === true && geometry) {
    if (isOneRing(geometry))
      found.push(
        button(text("fix.boundary"), () => replace(place, boundaryEditor(bench, index, geometry))),
      );
    if (meant === null) {
      found.push(
        button(text("fix.swap"), () => {
          bench.draft.setGeometry(index, axesSwapped(geometry));
          bench.again();
        }),
      );
    }
  }
  if (finding.severity === "error") {
    found.push(
      button(text("fix.leave_out"), () => {
        bench.draft.remove(index);
        bench.again();
      }),
    );
  }
  return found;
}
