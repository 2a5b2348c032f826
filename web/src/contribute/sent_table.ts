/** What was sent, newest first; each leads to its receipt. */
import { element, replace } from "../dom";
import { instant, whole } from "../format";
import { type CollectionDocument, collectionNamed } from "../explore/collections";
import { text } from "../language";
import { go, link } from "../route";
import { read } from "../server";
import { type Page, told } from "../shell";
import type { Submission } from "../wire";
import { isWaiting, renewed, WAITING_MS } from "./paging";
import { refused } from "./refused";
import { stateBadge } from "./state_badge";

const PAGE = 20;
/** The server lists no more at once. */
const LISTED_MAX = 999;

/** How many were listed last, and which was open: who comes back finds the list as it was. */
const left = new Map<string, { count: number; opened: string | null }>();

function heading(): HTMLElement {
  const names = [
    text("sent.received"),
    text("sent.state"),
    text("contribute.collection"),
    text("sent.by"),
  ];
  return element(
    "tr",
    {},
    names.map((name) => element("th", { scope: "col" }, name)),
    element("th", { scope: "col", class: "number" }, text("sent.revision")),
    element("th", { scope: "col" }, text("sent.number")),
  );
}

function row(one: Submission, collection: string, address: string, isOpen: boolean): HTMLElement {
  const when = instant(one.received_at);
  const opens = {
    href: address,
    "aria-label": text("receipt.of", { when }),
    "aria-current": isOpen && "true",
  };
  // For the pointer alone: the link in it is there for everybody.
  const open = (event: Event) => {
    const isLink = (event.target as Element).closest("a") !== null;
    if (!isLink && getSelection()?.isCollapsed !== false) go(address);
  };
  return element(
    "tr",
    { class: isOpen && "chosen", onclick: open },
    element("th", { scope: "row", class: "when" }, element("a", opens, when)),
    element("td", {}, stateBadge(one.status)),
    element("td", {}, collection),
    element("td", {}, one.actor),
    element("td", { class: "number" }, one.revision === null ? "–" : whole(one.revision)),
    element("td", {}, element("code", { dir: "ltr" }, one.submission)),
  );
}

export class SentTable {
  readonly root = element("section", {
    class: "card wide sent",
    tabindex: 0,
    "aria-label": text("sent.title"),
  });
  readonly #body = element("tbody");
  readonly #notice = element("p", { role: "status" });
  readonly #older = element(
    "button",
    { type: "button", class: "quiet", hidden: true, onclick: () => void this.#goOn() },
    text("sent.older"),
  );
  readonly #path: string;
  readonly #rows = new Map<string, { written: string; row: HTMLElement }>();
  #listed: Submission[] = [];
  #hasOlder = false;
  #isShown = false;
  /** One question after the other, so that no answer overtakes a later one. */
  #turn: Promise<void> = Promise.resolve();
  #timer = 0;

  constructor(
    readonly page: Page,
    readonly collections: CollectionDocument[],
    /** The submission whose receipt is open beside the table. */
    readonly opened: string | null,
  ) {
    this.#path = `/programmes/${page.programme.code}/submissions`;
    page.signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** Reads the newest again, as many as are listed. */
  refresh(): Promise<void> {
    return this.#next(async () => {
      const before = left.get(this.page.programme.code)?.count ?? 0;
      const asked = Math.min(LISTED_MAX, Math.max(PAGE, before, this.#listed.length));
      const found = await this.#read({ limit: asked + 1 });
      const newest = found.slice(0, asked);
      const listed = renewed(this.#listed, newest);
      if (listed.length === newest.length) this.#hasOlder = found.length > asked;
      this.#listed = listed;
      this.#show();
    });
  }

  async #goOn(): Promise<void> {
    await this.#next(async () => {
      const found = await this.#read({
        limit: PAGE + 1,
        before: this.#listed.at(-1)?.submission,
      });
      const first = found[0];
      this.#hasOlder = found.length > PAGE;
      this.#listed = [...this.#listed, ...found.slice(0, PAGE)];
      this.#show();
      replace(this.#notice, text("sent.listed", { count: this.#listed.length }));
      // The button may be gone: whoever pressed it goes on at the first that it brought.
      if (first !== undefined) this.#linkOf(first.submission)?.focus();
    });
  }

  async #read(query: { limit: number; before?: string | undefined }): Promise<Submission[]> {
    const { signal } = this.page;
    return (await read<{ submissions: Submission[] }>(this.#path, query, signal)).submissions;
  }

  #next(act: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(act).catch((failure: unknown) => this.#failed(failure));
    return this.#turn;
  }

  #failed(failure: unknown): void {
    if (this.page.signal.aborted) return;
    this.#lookAgain();
    if (this.#listed.length > 0) return replace(this.#notice, told(failure));
    this.#isShown = false;
    const words = refused(failure, () => void this.refresh());
    replace(this.root, element("h2", {}, text("sent.title")), words);
  }

  /** What is not decided yet may be soon, of which nobody tells. */
  #lookAgain(): void {
    clearTimeout(this.#timer);
    if (isWaiting(this.#listed))
      this.#timer = window.setTimeout(() => void this.refresh(), WAITING_MS);
  }

  #linkOf(submission: string): HTMLElement | null {
    return this.#rows.get(submission)?.row.querySelector("a") ?? null;
  }

  /** The row of a submission; the one that is there already while nothing of it has changed. */
  #rowOf(one: Submission): HTMLElement {
    const written = JSON.stringify(one);
    const there = this.#rows.get(one.submission);
    if (there?.written === written) return there.row;
    const name = collectionNamed(this.collections, one.collection);
    const address = link(this.page.programme.code, "contribute", { submission: one.submission });
    const made = row(one, name, address, one.submission === this.opened);
    this.#rows.set(one.submission, { written, row: made });
    return made;
  }

  #show(): void {
    if (this.page.signal.aborted) return;
    const focused = document.activeElement;
    const submission = focused?.closest("tr")?.querySelector("code")?.textContent;
    this.#body.replaceChildren(...this.#listed.map((one) => this.#rowOf(one)));
    this.#older.hidden = !this.#hasOlder;
    replace(this.#notice);
    if (!this.#isShown || this.#listed.length === 0) this.#layOut();
    if (submission && this.#body.contains(this.#linkOf(submission)))
      this.#linkOf(submission)?.focus();
    this.#lookAgain();
    this.#remember();
  }

  #layOut(): void {
    this.#isShown = this.#listed.length > 0;
    const title = text("sent.title");
    if (!this.#isShown)
      return replace(this.root, element("h2", {}, title), element("p", {}, text("sent.empty")));
    replace(
      this.root,
      element(
        "table",
        {},
        element("caption", {}, title),
        element("thead", {}, heading()),
        this.#body,
      ),
      element("div", { class: "row" }, this.#older, this.#notice),
    );
  }

  /** Leads who comes back from a receipt to where it was opened. */
  #remember(): void {
    const { code } = this.page.programme;
    const opened = left.get(code)?.opened ?? null;
    left.set(code, { count: this.#listed.length, opened: this.opened });
    if (this.opened !== null || opened === null) return;
    if (document.activeElement === document.body) this.#linkOf(opened)?.focus();
  }
}
