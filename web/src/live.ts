/**
 * Changes of a programme as they happen. They come as server-sent events, read with `fetch`, since the
 * browser's own reader of events cannot send a token.
 *
 * Source: WHATWG HTML, section 9.2, "Server-sent events".
 */
import { type Event, Events } from "./events";
import type { Touched } from "./map/pins";
import { Refusal, stream } from "./server";

/** A change; of which collection is unknown where it may be any. */
export interface Change extends Touched {
  collection: string | null;
}

/** The server says that it is there every 15 s; a line silent for longer is broken. */
const SILENCE_MAX_MS = 45_000;
const PAUSE_MIN_MS = 1_000;
const PAUSE_MAX_MS = 60_000;
/** Who comes back after longer is told that anything may have changed, rather than all that has. */
const AWAY_MAX_MS = 600_000;

const ANYTHING: Omit<Change, "revision"> = { collection: null, bbox: null };

class Follower {
  #last: number | null;
  #failures = 0;

  constructor(
    readonly path: string,
    after: number,
    readonly told: (changes: Change[]) => void,
    readonly signal: AbortSignal,
  ) {
    this.#last = after;
  }

  async run(): Promise<void> {
    while (!this.signal.aborted) {
      await this.#visible();
      if (!(await this.#listen())) return;
      const pause = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** this.#failures);
      this.#failures += 1;
      // Not everybody at once, when a server has come back.
      await sleep(pause * (0.5 + Math.random()), this.signal);
    }
  }

  /** Waits until somebody looks: a hidden window holds no line. */
  async #visible(): Promise<void> {
    const since = Date.now();
    while (document.hidden && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        document.addEventListener("visibilitychange", () => resolve(), { once: true });
        this.signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    if (Date.now() - since > AWAY_MAX_MS) this.#beginAnew();
  }

  #beginAnew(): void {
    const revision = this.#last ?? 0;
    this.#last = null;
    this.told([{ ...ANYTHING, revision }]);
  }

  /** Listens until the line ends; answers whether to come back. */
  async #listen(): Promise<boolean> {
    const line = new AbortController();
    const hang = () => line.abort();
    const hide = () => document.hidden && line.abort();
    this.signal.addEventListener("abort", hang);
    document.addEventListener("visibilitychange", hide);
    let silent = setTimeout(hang, SILENCE_MAX_MS);
    try {
      const headers: Record<string, string> =
        this.#last === null ? {} : { "Last-Event-ID": String(this.#last) };
      const events = new Events();
      const reader = (await stream(this.path, headers, line.signal)).getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        clearTimeout(silent);
        silent = setTimeout(hang, SILENCE_MAX_MS);
        this.#failures = 0;
        this.#hear(events.take(decoder.decode(value, { stream: true })));
      }
    } catch (failure) {
      if (failure instanceof Refusal && failure.status >= 400 && failure.status < 500) {
        // A database put back to an earlier state does not know the revision.
        if (failure.code !== "invalid-header" || this.#last === null) return false;
        this.#beginAnew();
      }
    } finally {
      clearTimeout(silent);
      this.signal.removeEventListener("abort", hang);
      document.removeEventListener("visibilitychange", hide);
    }
    return true;
  }

  #hear(events: Event[]): void {
    const changes: Change[] = [];
    for (const event of events) {
      if (event.id !== "") this.#last = Number(event.id);
      if (event.name === "change") changes.push(JSON.parse(event.data) as Change);
    }
    if (changes.length > 0) this.told(changes);
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Tells of every change after a revision, in order, until the reader goes on. */
export function follow(
  programme: string,
  after: number,
  told: (changes: Change[]) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Follower(`/programmes/${programme}/changes/stream`, after, told, signal).run();
}
