/** Drawing on the map with a pointer. Whatever is drawn here can also be typed beside the map. */
import type { LineString, Polygon } from "geojson";
import type { Map as MapLibre } from "maplibre-gl";
import {
  TerraDraw,
  TerraDrawLineStringMode,
  TerraDrawPolygonMode,
  TerraDrawSelectMode,
} from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { onOneWorld } from "../geo/measure";

export type Shape = "linestring" | "polygon";

/** Positions are kept to seven decimals: a centimetre. */
const DECIMALS = 7;

export class Sketch {
  readonly #draw: TerraDraw;

  constructor(map: MapLibre, changed: (geometry: LineString | Polygon) => void) {
    const corners = {
      feature: {
        draggable: false,
        // A boundary that crosses itself is mended corner by corner; the check says what is left.
        selfIntersectable: true,
        coordinates: { draggable: true, midpoints: true, deletable: true },
      },
    };
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: DECIMALS }),
      modes: [
        new TerraDrawLineStringMode(),
        new TerraDrawPolygonMode(),
        new TerraDrawSelectMode({
          flags: { polygon: corners, linestring: corners },
          // What is inside of a boundary that crosses itself is not known.
          styles: { selectedPolygonFillOpacity: 0 },
        }),
      ],
    });
    this.#draw.start();
    this.#draw.on("finish", (id) => {
      const geometry = this.#draw.getSnapshotFeature(id)?.geometry;
      if (geometry?.type !== "LineString" && geometry?.type !== "Polygon") return;
      if (this.#draw.getMode() !== "select") {
        this.#draw.setMode("select");
        this.#draw.selectFeature(id);
      }
      changed(onOneWorld(geometry));
    });
  }

  /** Takes away what was drawn, and draws no more. */
  clear(): void {
    this.#draw.clear();
    this.#draw.setMode("static");
  }

  /** Begins anew; the shape is told when the last point was set twice. */
  begin(shape: Shape): void {
    this.#draw.clear();
    this.#draw.setMode(shape);
  }

  /** Shows a shape whose corners can be dragged. */
  edit(geometry: LineString | Polygon): void {
    this.#draw.clear();
    const mode = geometry.type === "Polygon" ? "polygon" : "linestring";
    const [added] = this.#draw.addFeatures([{ type: "Feature", geometry, properties: { mode } }]);
    this.#draw.setMode("select");
    if (added?.id !== undefined && added.valid) this.#draw.selectFeature(added.id);
  }

  remove(): void {
    this.#draw.stop();
  }
}
