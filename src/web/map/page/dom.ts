/** Small helpers for elements. No text ever becomes markup: all of it goes through text nodes. */

/**
 * The element of the page with this id.
 *
 * @throws {Error} when the page has none of that kind, which is a mistake of the page's own
 */
export function byId<E extends Element>(id: string, kind: abstract new () => E): E {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`The page has no ${kind.name} called "${id}"`);
}

/** The first element within another that fits a selector. */
export function within<E extends Element>(
  parent: ParentNode,
  selector: string,
  kind: abstract new () => E,
): E {
  const element = parent.querySelector(selector);
  if (element instanceof kind) return element;
  throw new Error(`The page has no ${kind.name} at "${selector}"`);
}

const SVG = "http://www.w3.org/2000/svg";

/** A new SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** A new HTML element. */
export function html<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className = "",
  text = "",
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (className !== "") element.className = className;
  if (text !== "") element.textContent = text;
  return element;
}

/** Sets a text where it differs, since setting the same one costs as much as another. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
