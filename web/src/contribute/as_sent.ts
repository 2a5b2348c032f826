/** The features of a submission as they were sent. */
import { readFile } from "../server";
import type { KeptReceipt } from "../wire";
import { Draft, drawable, type DraftFeature } from "./draft";

/** Larger files are not read unasked: lines are slow where records are made. */
const READ_BYTES_MAX = 1_000_000;

/** The features, where the file is GeoJSON of one document and small; otherwise none. */
export async function featuresAsSent(
  programme: string,
  { submission, bytes }: KeptReceipt,
): Promise<DraftFeature[]> {
  if (bytes > READ_BYTES_MAX) return [];
  const file = await readFile(`/programmes/${programme}/submissions/${submission}/body`);
  return drawable((await Draft.read(new File([file], submission))).features);
}
