/** The one module that asks the server. */
import { problemTitle } from "./language";
import type { Finding } from "./wire";

const STORED = "safeground.token";

let token: string | null = sessionStorage.getItem(STORED) ?? localStorage.getItem(STORED);

export function isSignedIn(): boolean {
  return token !== null;
}

/** Signs in with a token, for this window or, if asked, until somebody signs out here. */
export function signIn(secret: string, stay: boolean): void {
  signOut();
  token = secret;
  (stay ? localStorage : sessionStorage).setItem(STORED, secret);
}

export function signOut(): void {
  token = null;
  sessionStorage.removeItem(STORED);
  localStorage.removeItem(STORED);
}

/** A refusal of the server (RFC 9457), or no answer at all (`status` 0). */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly findings: Finding[] = [],
    readonly body: unknown = null,
  ) {
    super(detail);
  }

  /** What kind it is, in the language of the page, where that is known. */
  get title(): string {
    return problemTitle(this.code) ?? this.code;
  }
}

export type Query = Record<string, string | number | undefined | null>;

/** The address of a question; parameters without a value are left out. */
export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) parameters.set(name, String(value));
  }
  const written = parameters.toString();
  return written === "" ? path : `${path}?${written}`;
}

async function refusal(response: Response): Promise<Refusal> {
  const body: unknown = await response.json().catch(() => null);
  const told = (body ?? {}) as { code?: string; detail?: string; findings?: Finding[] };
  const code = told.code ?? "internal";
  return new Refusal(response.status, code, told.detail ?? "", told.findings ?? [], body);
}

async function ask(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  if (token !== null) headers.set("Authorization", `Bearer ${token}`);
  if (!headers.has("Accept")) headers.set("Accept", "application/json, application/geo+json");
  let response: Response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === "AbortError") throw failure;
    throw new Refusal(0, "offline", "");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** What a map has to send with a request: the token, to this server's programmes and to nobody else. */
export function signed(url: string): { url: string; headers?: Record<string, string> } {
  const isOurs = url.startsWith(`${location.origin}/programmes/`);
  return isOurs && token !== null
    ? { url, headers: { Authorization: `Bearer ${token}` } }
    : { url };
}

/** Reads a document. */
export async function read<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await ask(address(path, query), signal ? { signal } : {});
  return (await response.json()) as T;
}

/** Reads a table as CSV, to be saved. */
export async function readCsv(path: string, query: Query = {}): Promise<Blob> {
  return (await ask(address(path, query), { headers: { Accept: "text/csv" } })).blob();
}

/** Reads a file of whatever kind. */
export async function readFile(path: string): Promise<Blob> {
  return (await ask(path, { headers: { Accept: "*/*" } })).blob();
}

/** Sends a body and reads what the server says to it. */
export async function send<T>(
  path: string,
  query: Query,
  body: BodyInit,
  headers: Record<string, string> = {},
): Promise<T> {
  const response = await ask(address(path, query), { method: "POST", body, headers });
  return (await response.json()) as T;
}

/** Opens a line of server-sent events. */
export async function stream(
  path: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const asked = { ...headers, Accept: "text/event-stream" };
  const { body } = await ask(path, { headers: asked, signal, cache: "no-store" });
  return body ?? new ReadableStream();
}

/** The methods that this caller may use on a resource. */
export async function allowed(path: string): Promise<string[]> {
  const response = await ask(path, { method: "OPTIONS" });
  await response.arrayBuffer();
  return listed(response.headers.get("Allow"));
}

/** The media types of the bodies that may be sent to a resource. */
export async function taken(path: string, signal: AbortSignal): Promise<string[]> {
  const response = await ask(path, { method: "OPTIONS", signal });
  await response.arrayBuffer();
  return listed(response.headers.get("Accept-Post"));
}

function listed(header: string | null): string[] {
  return (header ?? "").split(",").map((name) => name.trim());
}
