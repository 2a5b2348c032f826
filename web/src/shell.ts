/** What is around every page: name, programme, pages, language, sign-in, and the caveat. */
import { type Child, element, replace } from "./dom";
import { isolated, whole } from "./format";
import { type Key, LANGUAGES, type Language, language, remember, speak, text } from "./language";
import { gathered } from "./events";
import { type Change, follow } from "./live";
import { forgetKept, isReadingKept } from "./offline";
import { go, here, link } from "./route";
import { allowed, isSignedIn, read, Refusal, signIn, signOut } from "./server";
import type { Programme } from "./wire";

export interface Page {
  programme: Programme;
  /** Where the page puts what it shows. */
  main: HTMLElement;
  query: URLSearchParams;
  /** Told to the page when the reader goes on. */
  signal: AbortSignal;
  /** Says something to those who see it and to those who hear it. */
  say: (words: string) => void;
  mayContribute: boolean;
  /**
   * Lets the page follow what changes while it is open. It answers whether something that it shows
   * has changed.
   */
  follow: (changed: (changes: Change[]) => Promise<boolean>) => void;
}

/** Changes that come within this time are shown together. */
const GATHERED_MS = 1_000;
const NOTICE_MS = 5_000;

const PAGES: Record<string, { title: Key; show: () => Promise<(page: Page) => Promise<void>> }> = {
  overview: { title: "page.overview", show: async () => (await import("./overview/page")).show },
  explore: { title: "page.explore", show: async () => (await import("./explore/page")).show },
  contribute: {
    title: "page.contribute",
    show: async () => (await import("./contribute/page")).show,
  },
  report: { title: "page.report", show: async () => (await import("./report/page")).show },
  parcels: { title: "page.parcels", show: async () => (await import("./overview/parcels")).show },
};
const IN_MENU = ["overview", "explore", "contribute", "report"];

let programmes: Programme[] = [];
/** Why they could not be read, where it is not for want of a token. */
let unread: string | null = null;
const rights = new Map<string, Promise<boolean>>();
let leaving = new AbortController();

const header = element("header", { class: "top" });
const main = element("main", { id: "main", tabindex: -1 });
const status = element("p", { role: "status", class: "status" });
const footer = element("footer");
const update = element("p", { role: "status", class: "update no-print" });
const notice = element("p", { role: "status", class: "notice no-print" });

function mayContribute(programme: string): Promise<boolean> {
  let known = rights.get(programme);
  if (known === undefined) {
    const path = `/programmes/${programme}/collections/hazardous-areas/items`;
    known = isSignedIn()
      ? allowed(path).then(
          (methods) => methods.includes("POST"),
          () => false,
        )
      : Promise.resolve(false);
    rights.set(programme, known);
  }
  return known;
}

function option(value: string, name: string, chosen: string, lang?: string): HTMLElement {
  return element("option", { value, selected: value === chosen, lang }, name);
}

function languageChoice(): HTMLElement {
  const choice = element(
    "select",
    {
      id: "language",
      onchange: () => {
        const chosen = choice.value as Language;
        remember(chosen);
        void speak(chosen).then(render);
      },
    },
    Object.entries(LANGUAGES).map(([code, name]) => option(code, name, language(), code)),
  );
  return element("label", {}, element("span", { class: "hidden" }, text("shell.language")), choice);
}

function programmeChoice(chosen: string): HTMLElement {
  const choice = element(
    "select",
    { id: "programme", dir: "auto", onchange: () => go(link(choice.value, here().page)) },
    programmes.map((one) => option(one.code, one.title, chosen)),
  );
  return element(
    "label",
    {},
    element("span", { class: "hidden" }, text("shell.programme")),
    choice,
  );
}

function renderHeader(programme: Programme | undefined, page: string, contributes: boolean): void {
  const pages = IN_MENU.filter((name) => name !== "contribute" || contributes);
  const item = (name: string): Child =>
    element(
      "a",
      { href: link(programme?.code ?? "", name), "aria-current": name === page ? "page" : null },
      text(PAGES[name]?.title ?? "page.overview"),
    );
  const leave = () => {
    signOut();
    void forgetKept().then(() => location.reload());
  };
  replace(
    header,
    element("a", { href: "#main", class: "skip", onclick: skip }, text("shell.skip")),
    element("span", { class: "brand" }, brandMark(), element("span", {}, "Safeground")),
    programme && programmeChoice(programme.code),
    programme && element("nav", { "aria-label": text("shell.pages") }, pages.map(item)),
    element(
      "span",
      { class: "end" },
      languageChoice(),
      isSignedIn()
        ? element(
            "button",
            { type: "button", class: "quiet", onclick: leave },
            text("shell.sign_out"),
          )
        : programme && element("a", { href: "#/sign-in", class: "sign-in" }, text("shell.sign_in")),
    ),
  );
}

function brandMark(): HTMLElement {
  const source = `${import.meta.env.BASE_URL}icon.svg`;
  return element("img", { src: source, alt: "", width: 24, height: 24 });
}

function skip(event: Event): void {
  event.preventDefault();
  main.focus();
}

/** What the address of the page asks for instead, where it names no programme that is there. */
function others(): HTMLElement {
  const entry = ({ code, title }: Programme) =>
    element("li", {}, element("a", { href: link(code, "overview") }, title));
  return element("ul", {}, programmes.map(entry));
}

function signInPage(words: string | null): void {
  const field = element("input", {
    id: "token",
    type: "password",
    autocomplete: "off",
    required: true,
    spellcheck: "false",
    "aria-describedby": "token-help",
  });
  const stay = element("input", { type: "checkbox", id: "stay" });
  const enter = (event: Event) => {
    event.preventDefault();
    signIn(field.value.trim(), stay.checked);
    rights.clear();
    void loadProgrammes().then(() => {
      if (location.hash === "#/sign-in") location.hash = "";
      void render();
    });
  };
  replace(
    main,
    element(
      "form",
      { class: "card narrow", onsubmit: enter },
      element("h1", {}, text("sign_in.title")),
      words && element("p", { class: "error", role: "alert" }, words),
      programmes.length > 0 && others(),
      element("p", { id: "token-help" }, text("sign_in.help")),
      element("label", { for: "token" }, text("sign_in.token")),
      field,
      element("label", { class: "check" }, stay, text("sign_in.stay")),
      element("p", { class: "faint" }, text("sign_in.shared")),
      element("button", { type: "submit" }, text("shell.sign_in")),
    ),
  );
}

async function loadProgrammes(): Promise<void> {
  unread = null;
  programmes = await read<{ programmes: Programme[] }>("/programmes").then(
    (listed) => listed.programmes,
    (failure: unknown) => {
      const isForWantOfToken = failure instanceof Refusal && failure.status === 401;
      if (!isForWantOfToken) unread = told(failure);
      return [];
    },
  );
}

/** What stands in the place of a page whose programme is not there, or not for this reader. */
function withoutProgramme(code: string): void {
  renderHeader(undefined, "", false);
  document.title = "Safeground";
  if (unread !== null)
    return replace(main, element("p", { class: "error card", role: "alert" }, unread));
  const isNamed = !["", "sign-in"].includes(code);
  if (isNamed && programmes.length > 0) return signInPage(text("sign_in.not_here", { code }));
  signInPage(isSignedIn() && programmes.length === 0 ? text("sign_in.nothing") : null);
}

/** What a failure says to a reader. */
export function told(failure: unknown): string {
  if (failure instanceof Refusal) {
    return failure.detail === "" ? failure.title : `${failure.title}: ${failure.detail}`;
  }
  // A fault of the page itself, unless its reader has gone on: whoever is to mend it needs to know where
  // it lies.
  const isGivenUp = failure instanceof DOMException && failure.name === "AbortError";
  if (!isGivenUp) console.error(failure);
  return text("failure.page");
}

/** Says that a page shows an earlier picture, and how to leave it. */
export function earlier(programme: Programme): HTMLElement | null {
  const { page, query } = here();
  const [as_of, effective] = [query.get("as_of"), query.get("effective")];
  if (as_of === null && effective === null) return null;
  const rest = Object.fromEntries(
    [...query].filter(([name]) => name !== "as_of" && name !== "effective"),
  );
  const said = [
    as_of !== null && text("earlier.as_of", { as_of: isolated(as_of) }),
    effective !== null && text("earlier.effective", { day: isolated(effective) }),
  ].filter((words) => words !== false);
  return element(
    "p",
    { class: "changed", role: "note" },
    said.join(" "),
    " ",
    element("a", { href: link(programme.code, page, rest) }, text("earlier.now")),
  );
}

async function render(): Promise<void> {
  leaving.abort();
  leaving = new AbortController();
  const signal = leaving.signal;
  const place = here();
  const isNamed = (one: Programme) => place.programme === "" || one.code === place.programme;
  const programme = programmes.find(isNamed);
  const known = PAGES[place.page] ? place.page : "overview";
  replace(footer, element("p", {}, text("caveat")), programme && revision(programme));
  if (programme === undefined) return withoutProgramme(place.programme);
  const contributes = await mayContribute(programme.code);
  renderHeader(programme, known, contributes);
  document.title = `${text(PAGES[known]?.title ?? "page.overview")} – ${programme.title} – Safeground`;
  replace(main, element("p", { class: "faint" }, text("loading")));
  const say = (words: string) => replace(status, words);
  say(isReadingKept() ? text("offline.reading") : "");
  try {
    const show = await PAGES[known]?.show();
    if (signal.aborted) return;
    const handlers: ((changes: Change[]) => Promise<boolean>)[] = [];
    await show?.({
      programme,
      main,
      query: place.query,
      signal,
      say,
      mayContribute: contributes,
      follow: (changed) => handlers.push(changed),
    });
    if (handlers.length > 0 && !signal.aborted) followed(programme, handlers, signal);
  } catch (failure) {
    if (signal.aborted) return;
    replace(main, element("p", { class: "error card", role: "alert" }, told(failure)));
  }
}

/** Hands changes to the page that is open, and tells the reader that it has changed. */
function followed(
  programme: Programme,
  handlers: ((changes: Change[]) => Promise<boolean>)[],
  signal: AbortSignal,
): void {
  const told = gathered<Change>(GATHERED_MS, async (changes) => {
    if (signal.aborted) return;
    programme.revision = Math.max(programme.revision, ...changes.map((one) => one.revision));
    const answers = await Promise.all(handlers.map((changed) => changed(changes)));
    if (signal.aborted) return;
    replace(footer, element("p", {}, text("caveat")), revision(programme));
    if (!answers.includes(true)) return;
    replace(notice, text("live.updated", { revision: whole(programme.revision) }));
    setTimeout(() => replace(notice), NOTICE_MS);
  });
  void follow(programme.code, programme.revision, told, signal);
}

/** Tells that the server has another build of the viewer; the reader decides when to load it. */
export function tellOfUpdate(): void {
  const load = { type: "button", class: "quiet", onclick: () => location.reload() };
  replace(update, text("update.there"), " ", element("button", load, text("update.reload")));
}

function revision(programme: Programme): HTMLElement {
  return element("p", {}, text("shell.revision", { revision: whole(programme.revision) }));
}

/** Builds the frame and shows the page that the address names. */
export async function start(body: HTMLElement): Promise<void> {
  body.append(header, status, update, main, footer, notice);
  await loadProgrammes();
  let page = here().page;
  window.addEventListener("hashchange", () => {
    const next = here().page;
    void render().then(() => {
      if (next !== page) main.focus({ preventScroll: false });
      page = next;
    });
  });
  await render();
}
