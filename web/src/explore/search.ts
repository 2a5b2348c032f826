/** Searching among the records of a collection, and filtering by everything that they say. */
import { element, replace } from "../dom";
import { areaM2, day, whole } from "../format";
import { codeName, propertyName, text } from "../language";
import type { Shown } from "../map/records";
import type { Question } from "../map/tiles";
import type { Item, Schema } from "../wire";
import { type CollectionDocument, collectionName } from "./collections";
import type { Choice } from "./condition";
import { Conditions } from "./conditions";
import { value } from "./facts";

/** As many as are listed at first, and more each time they are asked for. */
const LISTED = 20;
/** Facts of a record of no kind that is known here. */
const FACTS = 3;

export interface Ways {
  collections: CollectionDocument[];
  /** What can be filtered by in a collection. */
  schemaOf: (collection: string) => Promise<Schema>;
  /** Shows what fulfils a question; the conditions of its filter are given as the reader chose them. */
  apply: (question: Question, conditions: readonly Choice[]) => void;
  /** Opens a record, given as `collection/number`. */
  open: (name: string) => void;
}

export class Search {
  readonly root: HTMLElement;
  readonly #kind: HTMLSelectElement;
  readonly #words = element("input", {
    type: "search",
    id: "words",
    "aria-label": text("filter.words"),
    placeholder: text("filter.words"),
  });
  readonly #effective = element("input", {
    type: "date",
    id: "effective",
    onchange: () => this.#send(),
  });
  readonly #holder = element("div");
  readonly #count = element("p", { role: "status", class: "faint" });
  readonly #found = element("ul", { class: "found" });
  readonly #more = element(
    "button",
    { type: "button", class: "quiet", hidden: true, onclick: () => this.#listMore() },
    text("filter.more"),
  );
  #shown: Shown = { items: [], matched: 0 };
  #conditions = new Conditions({}, () => undefined);

  constructor(
    readonly ways: Ways,
    first: Question,
    given: Choice[],
  ) {
    this.#kind = element(
      "select",
      { id: "kind", "aria-label": text("filter.kind"), onchange: () => void this.#choose() },
      ways.collections.map((one) =>
        element(
          "option",
          { value: one.id, selected: one.id === first.collection },
          collectionName(one),
        ),
      ),
    );
    this.#effective.value = first.effective ?? "";
    this.#words.value = first.q ?? "";
    this.root = this.#layOut();
    void this.#fill(given).then(() => {
      if (first.q !== undefined || given.length > 0) this.#send();
    });
  }

  /** Shows what of the records is in view. */
  list({ items, matched }: Shown): void {
    this.#shown = { items, matched };
    replace(this.#found);
    this.#listMore();
  }

  #tell(listed: number): void {
    const { items, matched } = this.#shown;
    const counts = {
      count: listed,
      matched: matched === undefined ? `> ${whole(items.length)}` : matched,
    };
    const isPart = matched === undefined || listed < matched;
    const words = matched === 0 ? text("filter.nothing") : undefined;
    replace(this.#count, words ?? text(isPart ? "filter.shown" : "filter.all", counts));
  }

  #listMore(): void {
    const collection = this.#kind.value;
    const before = this.#found.childElementCount;
    const { items } = this.#shown;
    const next = items.slice(before, before + LISTED);
    this.#found.append(
      ...next.map((item) => element("li", {}, entry(collection, item, this.ways.open))),
    );
    if (before > 0) this.#found.children[before]?.querySelector("button")?.focus();
    this.#more.hidden = before + next.length >= items.length;
    this.#tell(before + next.length);
  }

  #layOut(): HTMLElement {
    const submit = (event: Event) => {
      event.preventDefault();
      this.#send();
    };
    const add = element(
      "button",
      { type: "button", class: "quiet", onclick: () => this.#conditions.add() },
      text("filter.add"),
    );
    const search = element("button", { type: "submit" }, text("filter.search"));
    return element(
      "div",
      { class: "stack" },
      element(
        "form",
        { class: "stack", onsubmit: submit, "aria-label": text("filter.title") },
        this.#kind,
        element("div", { class: "row nowrap" }, this.#words, search),
        element(
          "details",
          { open: window.innerWidth > 640 },
          element("summary", {}, text("filter.title")),
          this.#holder,
          element("div", { class: "condition-add" }, add),
          element("label", { class: "row as-of" }, text("filter.effective"), this.#effective),
          element("p", { class: "faint" }, text("filter.effective.explained")),
        ),
      ),
      this.#count,
      this.#found,
      this.#more,
    );
  }

  async #fill(given: Choice[] = []): Promise<void> {
    const collection = this.#kind.value;
    const { properties } = await this.ways.schemaOf(collection);
    if (collection !== this.#kind.value) return;
    this.#conditions = new Conditions(properties, () => this.#send(), given);
    replace(this.#holder, this.#conditions.root);
  }

  async #choose(): Promise<void> {
    this.#words.value = "";
    this.#conditions = new Conditions({}, () => undefined);
    this.#send();
    await this.#fill();
  }

  #send(): void {
    const question = {
      collection: this.#kind.value,
      q: this.#words.value.trim() || undefined,
      filter: this.#conditions.filter,
      effective: this.#effective.value || undefined,
    };
    this.ways.apply(question, this.#conditions.choices);
  }
}

/** What of a record tells it from its neighbours. */
function summary(collection: string, { properties, lifecycle }: Item): string {
  const days = (...names: string[]) => names.map((name) => day(properties[name] as string));
  switch (collection) {
    case "hazardous-areas": {
      const remaining = lifecycle?.land?.["remaining_m2"];
      const area = areaM2(typeof remaining === "number" ? remaining : null);
      const land = `${text("figure.remaining")} ${area}`;
      return [codeName(properties["classification"]), ...days("identified_on"), land].join(" · ");
    }
    case "land-releases":
      return [codeName(properties["outcome"]), ...days("released_on")].join(" · ");
    case "activities": {
      const [from, to] = days("started_on", "ended_on");
      return [codeName(properties["activity_type"]), `${from} – ${to}`].join(" · ");
    }
    default: {
      const told = Object.entries(properties).filter(
        ([name, content]) =>
          !["local_id", "name"].includes(name) &&
          ["string", "number"].includes(typeof content) &&
          content !== "",
      );
      const fact = ([name, content]: [string, unknown]) =>
        `${propertyName(name)}: ${String(value(name, content))}`;
      return told.slice(0, FACTS).map(fact).join(" · ");
    }
  }
}

function entry(collection: string, item: Item, open: (name: string) => void): HTMLElement {
  const number = String(item.properties["local_id"] ?? item.id);
  return element(
    "button",
    { type: "button", class: "entry", onclick: () => open(`${collection}/${number}`) },
    element("strong", {}, number),
    ` ${String(item.properties["name"] ?? "")}`,
    element("small", {}, summary(collection, item)),
  );
}
