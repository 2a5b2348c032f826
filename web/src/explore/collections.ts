/** The collections of a programme: what every programme has, and the layers of its own. */
import { codeName, hasName } from "../language";
import { read } from "../server";
import type { Extent } from "../wire";

export interface CollectionDocument {
  id: string;
  title: string;
  description: string;
  itemCount: number;
  extent?: Extent;
  /** Told of layers of the programme only. */
  layer?: { geometry?: string[] };
}

/** What is listed first, in the order in which people look for it. */
const FIRST = ["hazardous-areas", "land-releases", "activities"];

/** The name of a collection in the language of the page; those of layers are as they were given. */
export function collectionName({ id, title }: CollectionDocument): string {
  return hasName(id) ? codeName(id) : title;
}

/** The name of the collection with an identifier, also where it is not among those that are listed. */
export function collectionNamed(collections: CollectionDocument[], id: string): string {
  const known = collections.find((one) => one.id === id);
  return known === undefined ? codeName(id) : collectionName(known);
}

export async function readCollections(
  programme: string,
  signal: AbortSignal,
): Promise<CollectionDocument[]> {
  const path = `/programmes/${programme}/collections`;
  const listed = await read<{ collections: CollectionDocument[] }>(path, {}, signal);
  const rank = ({ id }: CollectionDocument) =>
    FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length;
  return [...listed.collections].sort((one, other) => rank(one) - rank(other));
}

/** The layers of the programme that have anything to draw. */
export function references(collections: CollectionDocument[]): CollectionDocument[] {
  return collections.filter(
    ({ layer }) => layer !== undefined && (layer.geometry ?? []).length > 0,
  );
}
