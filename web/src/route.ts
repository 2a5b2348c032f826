/** Where the reader is: everything shown can be linked to. `#/programme/page?name=value` */
export interface Place {
  programme: string;
  page: string;
  query: URLSearchParams;
}

/** A part of an address as it was meant; one that nobody could have written stays as it is. */
function meant(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function here(): Place {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [programme = "", page = ""] = path.split("/").map(meant);
  return { programme, page: page || "overview", query: new URLSearchParams(query) };
}

export function link(
  programme: string,
  page: string,
  query: Record<string, string | number | null | undefined> = {},
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) parameters.set(name, String(value));
  }
  const written = parameters.toString();
  return `#/${encodeURIComponent(programme)}/${page}${written === "" ? "" : `?${written}`}`;
}

export function go(address: string): void {
  location.hash = address;
}

/** Changes what is asked of the page without leaving it. */
export function note(changes: Record<string, string | null>): void {
  const { programme, page, query } = here();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  history.replaceState(null, "", link(programme, page, Object.fromEntries(query)));
}
