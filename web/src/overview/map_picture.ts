/** A map with its key, as a picture to take away. */
import { FONT, INK } from "../chart/palette";
import { pngOf } from "../chart/png";
import { element } from "../dom";

/** Of the key, in units of the page. */
const LINE_PX = 26;
const SIDE_PX = 14;
const TEXT_PX = 13;
const GAP_PX = 12;

export interface KeyEntry {
  colour: string;
  words: string;
}

/** Where things of some widths stand, one after the other, in lines of one width. */
function inLines(widths: number[], width: number): { x: number; line: number }[] {
  let [x, line] = [GAP_PX, 0];
  return widths.map((own) => {
    if (x > GAP_PX && x + own > width) [x, line] = [GAP_PX, line + 1];
    const place = { x, line };
    x += own;
    return place;
  });
}

/** Draws what a map shows, its title above it and its key below. */
export function mapPicture(
  drawn: HTMLCanvasElement,
  title: string,
  key: KeyEntry[],
): Promise<Blob> {
  const scale = drawn.width / drawn.clientWidth;
  const [width, height] = [drawn.clientWidth, drawn.clientHeight];
  const canvas = element("canvas", { width: drawn.width });
  const pen = canvas.getContext("2d");
  if (pen === null) return pngOf(drawn);
  pen.font = `${TEXT_PX}px ${FONT}`;
  const widths = key.map(({ words }) => SIDE_PX + 2 * GAP_PX + pen.measureText(words).width);
  const places = inLines(widths, width);
  canvas.height = scale * (height + LINE_PX * (2 + (places.at(-1)?.line ?? 0)));
  pen.scale(scale, scale);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, width, canvas.height);
  pen.drawImage(drawn, 0, LINE_PX, width, height);
  pen.textBaseline = "middle";
  pen.fillStyle = INK;
  pen.font = `600 ${TEXT_PX + 1}px ${FONT}`;
  pen.fillText(title, GAP_PX, LINE_PX / 2);
  pen.font = `${TEXT_PX}px ${FONT}`;
  key.forEach(({ colour, words }, number) => {
    const { x, line } = places[number] ?? { x: 0, line: 0 };
    const middle = height + LINE_PX * (line + 1.5);
    pen.fillStyle = colour;
    pen.fillRect(x, middle - SIDE_PX / 2, SIDE_PX, SIDE_PX);
    pen.strokeStyle = INK;
    pen.lineWidth = 0.6;
    pen.strokeRect(x, middle - SIDE_PX / 2, SIDE_PX, SIDE_PX);
    pen.fillStyle = INK;
    pen.fillText(words, x + SIDE_PX + GAP_PX / 2, middle);
  });
  return pngOf(canvas);
}
