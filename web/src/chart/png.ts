/** Charts as pictures to take away. */
import { drawing, element } from "../dom";
import { FAINT_INK, FONT, INK } from "./palette";

/** Twice the pixels of the screen, for print. */
const SCALE = 2;
/** Of what stands above a chart, in units of the drawing. */
const HEAD = { height: 50, x: 8, title: 20, of: 40 };

/** What is drawn on a canvas, as a file. */
export function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}

/** Draws the shapes of a chart. */
async function drawShapes(pen: CanvasRenderingContext2D, svg: SVGSVGElement): Promise<void> {
  const { width, height } = svg.viewBox.baseVal;
  const copy = svg.cloneNode(true) as SVGSVGElement;
  for (const written of copy.querySelectorAll("text")) written.remove();
  copy.setAttribute("width", String(width * SCALE));
  copy.setAttribute("height", String(height * SCALE));
  copy.prepend(drawing("rect", { width, height, fill: "#ffffff" }));
  const written = new XMLSerializer().serializeToString(copy);
  const address = URL.createObjectURL(new Blob([written], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    pen.drawImage(image, 0, 0, width, height);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Writes the words of a chart: an image of its own would not know the fonts of the page. */
function write(pen: CanvasRenderingContext2D, svg: SVGSVGElement): void {
  for (const one of svg.querySelectorAll("text")) {
    const { fill, fontSize, textAnchor } = getComputedStyle(one);
    const [x, y] = [one.x.baseVal[0]?.value ?? 0, one.y.baseVal[0]?.value ?? 0];
    pen.font = `${fontSize} ${FONT}`;
    pen.fillStyle = fill;
    pen.textAlign = textAnchor === "end" ? "right" : textAnchor === "middle" ? "center" : "left";
    pen.fillText(one.textContent, x, y);
  }
}

/** A chart with its title, and what its figures are of, above it. */
export async function png(svg: SVGSVGElement, title: string, of: string): Promise<Blob> {
  const { width, height } = svg.viewBox.baseVal;
  const size = { width: width * SCALE, height: (height + HEAD.height) * SCALE };
  const canvas = element("canvas", size);
  const pen = canvas.getContext("2d");
  if (pen === null) return pngOf(canvas);
  await document.fonts.ready;
  pen.scale(SCALE, SCALE);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, width, height + HEAD.height);
  pen.direction = "ltr";
  pen.textAlign = "left";
  pen.fillStyle = INK;
  pen.font = `600 15px ${FONT}`;
  const room = width - 2 * HEAD.x;
  pen.fillText(title, HEAD.x, HEAD.title, room);
  pen.fillStyle = FAINT_INK;
  pen.font = `12px ${FONT}`;
  pen.fillText(of, HEAD.x, HEAD.of, room);
  pen.translate(0, HEAD.height);
  await drawShapes(pen, svg);
  write(pen, svg);
  return pngOf(canvas);
}
