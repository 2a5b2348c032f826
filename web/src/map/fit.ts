/** Keeps a map as large as its frame, and what a page shows in view until the reader moves the map. */
import type { FitBoundsOptions, Map as MapLibre } from "maplibre-gl";
import type { Box } from "../geo/measure";

interface Looked {
  box: Box;
  options: FitBoundsOptions;
}

const looked = new WeakMap<MapLibre, Looked>();

/** Waits until an element has a size: a map made before would keep one of its own. */
export function sized(container: HTMLElement): Promise<void> {
  const hasSize = () => container.clientWidth > 0 && container.clientHeight > 0;
  if (hasSize()) return Promise.resolve();
  return new Promise((resolve) => {
    const observer = new ResizeObserver(() => {
      if (!hasSize()) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(container);
  });
}

/** Moves a map to a box, which stays in view when the frame of the map changes its size. */
export function look(map: MapLibre, box: Box, options: FitBoundsOptions): void {
  looked.set(map, { box, options });
  map.fitBounds(box, options);
}

/** Follows the size of the frame of a map, which shows a box at first. */
export function follow(map: MapLibre, container: HTMLElement, first: Looked): void {
  looked.set(map, first);
  map.on("movestart", (event) => {
    if ("originalEvent" in event && event.originalEvent !== undefined) looked.delete(map);
  });
  const fits = () => {
    const canvas = map.getCanvas();
    return (
      canvas.clientWidth === container.clientWidth && canvas.clientHeight === container.clientHeight
    );
  };
  const observer = new ResizeObserver(() => {
    if (fits() || container.clientWidth === 0) return;
    map.resize();
    const last = looked.get(map);
    if (last !== undefined) map.fitBounds(last.box, { ...last.options, duration: 0 });
    map.redraw();
  });
  observer.observe(container);
  map.on("remove", () => observer.disconnect());
}
