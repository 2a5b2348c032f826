import { drawing } from "../dom";
import { decimal } from "../format";
import { axisSteps } from "./axis";
import { FAINT_INK, FONT, INK, RULE } from "./palette";

export interface Series {
  name: string;
  colour: string;
  values: number[];
}
export interface Columns {
  /** What a reader who does not see the picture is told. */
  summary: string;
  categories: string[];
  series: Series[];
  /** In square metres; axes are in square kilometres. */
  kind: "stacked" | "line";
  reference?: { label: string };
}

/** Units of the drawing; on a phone fewer, so that letters stay as large as the text around. */
const WIDTH = window.innerWidth < 640 ? 360 : 640;
const HEIGHT = 300;
/** Around light colours, so that they are seen on white. */
const EDGE = { stroke: INK, "stroke-width": 0.6 };
const MARGIN = { top: 34, right: 12, bottom: 30, left: 52 };

function legend(series: Series[]): SVGGElement {
  const group = drawing("g", {});
  let x = MARGIN.left;
  for (const one of series) {
    group.append(
      drawing("rect", { x, y: 9, width: 12, height: 12, rx: 2, fill: one.colour, ...EDGE }),
      drawing("text", { x: x + 17, y: 19.5, "font-size": 13, fill: INK }, one.name),
    );
    x += 40 + one.name.length * 7.6;
  }
  return group;
}

function axes(steps: number[], y: (km2: number) => number): SVGGElement {
  const group = drawing("g", { "font-size": 12, fill: FAINT_INK });
  for (const step of steps) {
    group.append(
      drawing("line", {
        x1: MARGIN.left,
        x2: WIDTH - MARGIN.right,
        y1: y(step),
        y2: y(step),
        stroke: RULE,
      }),
      drawing(
        "text",
        { x: MARGIN.left - 6, y: y(step) + 4, "text-anchor": "end" },
        decimal(step, 3),
      ),
    );
  }
  group.append(drawing("text", { x: 4, y: 19.5 }, "km²"));
  return group;
}

/** Draws columns stacked over each other, or lines, one category beside the other. */
export function columns(chart: Columns): SVGSVGElement {
  const { categories, series } = chart;
  const inKm2 = series.map((one) => one.values.map((value) => Math.max(0, value) / 1e6));
  const tops = categories.map((_, index) => {
    const here = inKm2.map((values) => values[index] ?? 0);
    return chart.kind === "stacked"
      ? here.reduce((sum, one) => sum + one, 0)
      : Math.max(0, ...here);
  });
  const steps = axisSteps(Math.max(0, ...tops));
  const top = steps.at(-1) ?? 1;
  const plot = HEIGHT - MARGIN.top - MARGIN.bottom;
  const y = (km2: number) => MARGIN.top + plot * (1 - km2 / top);
  const slot = (WIDTH - MARGIN.left - MARGIN.right) / Math.max(1, categories.length);
  const middle = (index: number) => MARGIN.left + slot * (index + 0.5);
  const marks =
    chart.kind === "stacked"
      ? stacks(chart, inKm2, y, middle, slot)
      : lines(chart, inKm2, y, middle);
  const every = Math.ceil(categories.length / (WIDTH / 54));
  const names = categories.map((name, index) =>
    index % every === 0
      ? drawing(
          "text",
          {
            x: middle(index),
            y: HEIGHT - 10,
            "text-anchor": "middle",
            "font-size": 12,
            fill: FAINT_INK,
          },
          name,
        )
      : null,
  );
  return drawing(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": chart.summary,
      "font-family": FONT,
      direction: "ltr",
    },
    legend(series),
    axes(steps, y),
    marks,
    names,
  );
}

function stacks(
  chart: Columns,
  inKm2: number[][],
  y: (km2: number) => number,
  middle: (index: number) => number,
  slot: number,
): SVGGElement {
  const width = Math.min(46, slot * 0.7);
  const group = drawing("g", {});
  chart.categories.forEach((category, index) => {
    let below = 0;
    chart.series.forEach((one, number) => {
      const value = inKm2[number]?.[index] ?? 0;
      const shape = {
        x: middle(index) - width / 2,
        y: y(below + value),
        width,
        height: y(below) - y(below + value),
      };
      const told = `${category}: ${one.name} ${decimal(value, 2)} km²`;
      group.append(
        drawing(
          "rect",
          { ...shape, fill: one.colour, ...(value > 0 ? EDGE : {}) },
          drawing("title", {}, told),
        ),
      );
      below += value;
    });
  });
  return group;
}

function lines(
  chart: Columns,
  inKm2: number[][],
  y: (km2: number) => number,
  middle: (index: number) => number,
): SVGGElement {
  const group = drawing("g", {});
  chart.series.forEach((one, number) => {
    const values = inKm2[number] ?? [];
    const points = values.map((value, index) => `${middle(index)},${y(value)}`);
    const floor = `${middle(values.length - 1)},${y(0)} ${middle(0)},${y(0)}`;
    group.append(
      drawing("polygon", {
        points: `${points.join(" ")} ${floor}`,
        fill: one.colour,
        "fill-opacity": 0.12,
      }),
      drawing("polyline", {
        points: points.join(" "),
        fill: "none",
        stroke: one.colour,
        "stroke-width": 2.5,
      }),
    );
    values.forEach((value, index) => {
      const told = `${chart.categories[index]}: ${decimal(value, 2)} km²`;
      const at = { cx: middle(index), cy: y(value), r: 3.5, fill: one.colour };
      group.append(drawing("circle", at, drawing("title", {}, told)));
    });
  });
  return group;
}
