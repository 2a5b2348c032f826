/** What an element can hold. */
export type Child = Node | string | number | null | undefined | false | Child[];

type Attribute = string | number | boolean | null | undefined | ((event: Event) => void);
export type Attributes = Record<string, Attribute>;

const SVG = "http://www.w3.org/2000/svg";

function filled<E extends Element>(target: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") target.addEventListener(name.replace(/^on/, ""), value);
    else if (value === true) target.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      target.setAttribute(name, String(value));
    }
  }
  append(target, children);
  return target;
}

function append(target: Element, children: Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(target, child);
    else if (child !== null && child !== undefined && child !== false) {
      target.append(child instanceof Node ? child : String(child));
    }
  }
}

/** Makes an HTML element. Texts become text nodes, never markup: what people typed cannot run. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(name), attributes, children);
}

/** Makes an SVG element. */
export function drawing<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

/** Puts children in the place of what an element held. */
export function replace(target: Element, ...children: Child[]): void {
  target.replaceChildren();
  append(target, children);
}

/** Hands a file to the browser to be saved. */
export function save(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
