/** Records that are at hand, as those that were kept on this device: chosen from, and drawn. */
import type { Feature, FeatureCollection, Geometry, Point } from "geojson";
import { type Box, boxOf, meet, wrapped } from "../geo/measure";
import type { Item } from "../wire";

/** Records in a box that say one of some words, with commas between them, as the server chooses. */
export function chosenOf(items: Item[], view: Box, q?: string): Item[] {
  const terms = (q ?? "").split(",").map((term) => term.trim().toLowerCase());
  const says = ({ properties }: Item) =>
    Object.values(properties).some(
      (one) => typeof one === "string" && terms.some((term) => one.toLowerCase().includes(term)),
    );
  const isInView = ({ geometry }: Item) => {
    const box = boxOf([geometry]);
    return box !== null && meet(view, box);
  };
  return items.filter((item) => isInView(item) && (q === undefined || says(item)));
}

/** Records as tiles would hold them. */
export function drawn(items: Item[]): FeatureCollection<Geometry> {
  const features = items.flatMap((item): Feature<Geometry>[] => {
    if (item.geometry === null) return [];
    const { local_id, name, classification, outcome, status } = item.properties;
    const remaining_m2 = item.lifecycle?.land?.["remaining_m2"];
    const closed = status === "closed" || status === "handed_over";
    const properties = {
      local_id: local_id ?? item.id,
      name,
      classification,
      outcome,
      closed,
      remaining_m2,
    };
    return [{ type: "Feature", geometry: item.geometry, properties }];
  });
  return { type: "FeatureCollection", features };
}

/** Where records are named: in the middle of areas, at the points that they are. */
export function anchors(items: Item[]): FeatureCollection<Point> {
  const records = drawn(items);
  const points = records.features.filter(
    (one): one is Feature<Point> => one.geometry.type === "Point",
  );
  return { type: "FeatureCollection", features: [...middles(records).features, ...points] };
}

/** Points for areas, while they are too small to be seen. */
export function middles(records: FeatureCollection<Geometry>): FeatureCollection<Point> {
  const features = records.features.flatMap((one): Feature<Point>[] => {
    const box = one.geometry.type.endsWith("Polygon") ? boxOf([one.geometry]) : null;
    if (box === null) return [];
    const coordinates = [wrapped((box[0] + box[2]) / 2), (box[1] + box[3]) / 2];
    return [
      { type: "Feature", geometry: { type: "Point", coordinates }, properties: one.properties },
    ];
  });
  return { type: "FeatureCollection", features };
}
