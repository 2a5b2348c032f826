/** A panel beside a map, as pages that work with both lay them out. */
import { type Child, element } from "../dom";
import { type Key, text } from "../language";

export interface Frame {
  root: HTMLElement;
  panel: HTMLElement;
  /** Where the map is put. */
  holder: HTMLElement;
}

export function frame(mapName: string, below: Child = null): Frame {
  const panel = element("div", { class: "panel card" });
  const holder = element("div", { class: "map", role: "region", "aria-label": mapName });
  const side = element("div", { class: "map-side" }, holder, below);
  return { root: element("div", { class: "explore" }, panel, side), panel, holder };
}

export interface Tabs<Name extends string> {
  root: HTMLElement;
  /** Marks one as chosen. */
  mark: (name: Name) => void;
}

/** Buttons of which one at a time is pressed. */
export function tabs<Name extends string>(
  label: string,
  titles: Record<Name, Key>,
  choose: (name: Name) => void,
): Tabs<Name> {
  const names = Object.keys(titles) as Name[];
  const buttons = names.map((name) =>
    element(
      "button",
      { type: "button", class: "quiet", "aria-pressed": "false", onclick: () => choose(name) },
      text(titles[name]),
    ),
  );
  const mark = (chosen: Name) =>
    buttons.forEach((button, index) =>
      button.setAttribute("aria-pressed", String(names[index] === chosen)),
    );
  return {
    root: element("div", { class: "row tabs", role: "group", "aria-label": label }, buttons),
    mark,
  };
}
