/**
 * The drawing: one group of SVG elements for each node and link, made when it appears and kept until
 * it is gone. Only what differs from what is drawn already is written, so an update that changes
 * twenty round trips of a large network touches twenty elements.
 */

import type { Size } from "../camera.ts";
import type { MapLink, MapNode, Network } from "../network.ts";
import { chooseTexts, linkText, nodeTexts, type Picture, textKey, TEXTS } from "../picture.ts";
import { nodeOutline } from "../shapes.ts";
import { describeNode } from "../words.ts";
import { setText, svg } from "./dom.ts";

/** What is looked at or looked for, by ids of nodes and keys of links. */
export interface Highlights {
  selectedNode: string | undefined;
  selectedLink: string | undefined;
  /** Under the pointer. */
  hovered: string | undefined;
  /** Nodes that the search means; undefined where nothing is searched for. */
  found: ReadonlySet<string> | undefined;
}

/** A node as it is drawn. */
interface NodeElements {
  node: MapNode;
  group: SVGGElement;
  texts: SVGGElement;
  shape: SVGPathElement;
  ring: SVGCircleElement;
  label: SVGTextElement;
  facts: SVGTextElement;
  radius: number;
  transform: string;
}

/** A link as it is drawn. */
interface LinkElements {
  link: MapLink;
  group: SVGGElement;
  line: SVGPathElement;
  head: SVGPathElement;
  /** Invisible and wide, to be met by a pointer. */
  reach: SVGPathElement;
  /** Where that is. */
  reached: string;
  /** Made when there is room for it first. */
  text: SVGTextElement | undefined;
  path: string;
  look: string;
}

/** From so many links on, lines are drawn less strongly. */
const MANY_LINKS = 80;

export class Stage {
  readonly #svg: SVGSVGElement;
  readonly #links = svg("g");
  readonly #nodes = svg("g");
  /** Above all nodes, or some would cover the names of others. */
  readonly #texts = svg("g", { class: "texts", "aria-hidden": "true" });
  readonly #nodeElements = new Map<string, NodeElements>();
  readonly #linkElements = new Map<string, LinkElements>();
  #network: Network | undefined;
  #picture: Picture | undefined;

  constructor(root: SVGSVGElement) {
    this.#svg = root;
    root.append(this.#links, this.#nodes, this.#texts);
  }

  /** Brings the elements up to date with a network; places come by {@linkcode place}. */
  sync(network: Network): void {
    this.#network = network;
    for (const [id, { group, texts }] of this.#nodeElements) {
      if (network.nodes.has(id)) continue;
      group.remove();
      texts.remove();
      this.#nodeElements.delete(id);
    }
    for (const [key, { group }] of this.#linkElements) {
      if (network.links.has(key)) continue;
      group.remove();
      this.#linkElements.delete(key);
    }
    for (const node of network.nodes.values()) this.#syncNode(network, node);
    for (const [key, link] of network.links) this.#syncLink(key, link);
    this.#svg.classList.toggle("many", network.links.size > MANY_LINKS);
  }

  /**
   * Puts all elements where a picture has them.
   *
   * @param isMoving whether the next picture is another one: then what nobody sees may wait
   */
  place(picture: Picture, isMoving: boolean): void {
    this.#picture = picture;
    for (const [id, elements] of this.#nodeElements) {
      const point = picture.nodes.get(id);
      if (point === undefined) continue;
      if (elements.radius !== picture.radius) this.#resize(elements, picture.radius);
      const transform = `translate(${point.x.toFixed(1)} ${point.y.toFixed(1)})`;
      if (transform === elements.transform) continue;
      elements.transform = transform;
      elements.group.setAttribute("transform", transform);
      elements.texts.setAttribute("transform", transform);
    }
    for (const [key, elements] of this.#linkElements) {
      const drawn = picture.links.get(key);
      if (drawn === undefined) continue;
      const look = `${drawn.warmth.name} ${drawn.width}`;
      if (look !== elements.look) {
        elements.look = look;
        const sides = elements.link.claimed_by === "both" ? "" : " one-sided";
        const kept = elements.group.getAttribute("class")?.match(/ (?:faded|selected)/g)?.join("");
        elements.group.setAttribute("class", `link ${drawn.warmth.name}${sides}${kept ?? ""}`);
        elements.line.setAttribute("stroke-width", String(drawn.width));
      }
      if (!isMoving && elements.reached !== drawn.line) {
        elements.reached = drawn.line;
        elements.reach.setAttribute("d", drawn.line);
      }
      const path = drawn.line + drawn.head;
      if (path === elements.path) continue;
      elements.path = path;
      elements.line.setAttribute("d", drawn.line);
      elements.head.setAttribute("d", drawn.head);
      if (elements.text !== undefined) moveText(elements.text, drawn.middle.x, drawn.middle.y);
    }
  }

  /** Shows the texts that there is room for, and hides the others. */
  label(highlights: Highlights, size: Size): void {
    const network = this.#network;
    const picture = this.#picture;
    if (network === undefined || picture === undefined) return;
    const { selectedNode, selectedLink, hovered, found } = highlights;
    const looked = [selectedNode, selectedLink, hovered].filter((key) => key !== undefined);
    const few = found !== undefined && found.size < network.nodes.size ? found : [];
    const texts = chooseTexts(network, picture, {
      nodes: new Set([...looked, ...few]),
      links: new Set(looked),
    }, size);
    for (const [id, { label, facts }] of this.#nodeElements) {
      show(label, texts.has(textKey.label(id)));
      show(facts, texts.has(textKey.facts(id)));
    }
    for (const [key, elements] of this.#linkElements) {
      const isShown = texts.has(textKey.rtt(key));
      if (!isShown && elements.text === undefined) continue;
      const text = elements.text ?? this.#addText(key, elements);
      if (isShown) setText(text, linkText(elements.link));
      show(text, isShown);
    }
  }

  /** Marks what is selected, and fades what has nothing to do with it or with the search. */
  highlight({ selectedNode, selectedLink, found }: Highlights): void {
    const near = new Set<string>();
    for (const [key, { link, group }] of this.#linkElements) {
      const isNear = key === selectedLink || link.from === selectedNode || link.to === selectedNode;
      if (isNear) near.add(link.from).add(link.to);
      const isFound = found === undefined || found.has(link.from) || found.has(link.to);
      const isAside = selectedNode !== undefined || selectedLink !== undefined;
      group.classList.toggle("selected", key === selectedLink);
      group.classList.toggle("faded", !isFound || (isAside && !isNear));
    }
    for (const [id, { group, texts }] of this.#nodeElements) {
      const isFound = found === undefined || found.has(id);
      const isAside = near.size > 0 && !near.has(id);
      group.classList.toggle("selected", id === selectedNode);
      group.classList.toggle("near", near.has(id) && id !== selectedNode);
      for (const element of [group, texts]) element.classList.toggle("faded", !isFound || isAside);
    }
  }

  /** Moves the keyboard to a node. */
  focus(id: string): void {
    const network = this.#network;
    const elements = this.#nodeElements.get(id);
    if (network === undefined || elements === undefined) return;
    for (const { group } of this.#nodeElements.values()) group.setAttribute("tabindex", "-1");
    elements.group.setAttribute("tabindex", "0");
    // As it is now: how many links it has changes without the node itself.
    elements.group.setAttribute("aria-label", describeNode(network, elements.node));
    elements.group.focus({ preventScroll: true });
  }

  #syncNode(network: Network, node: MapNode): void {
    let elements = this.#nodeElements.get(node.id);
    if (elements?.node === node) return;
    elements ??= this.#addNode(node);
    const { group, shape, label, facts, radius } = elements;
    elements.node = node;
    for (const element of [group, elements.texts]) {
      const kept = ["faded", "selected", "near"].filter((name) => element.classList.contains(name));
      element.setAttribute("class", ["node", node.state, ...kept].join(" "));
    }
    group.setAttribute("aria-label", describeNode(network, node));
    shape.setAttribute("d", nodeOutline(node.state, radius));
    const texts = nodeTexts(network, node);
    setText(label, texts.label);
    setText(facts, texts.facts);
  }

  #addNode(node: MapNode): NodeElements {
    const elements: NodeElements = {
      node,
      group: svg("g", { "data-node": node.id, role: "button" }),
      texts: svg("g"),
      shape: svg("path", { class: "shape" }),
      ring: svg("circle", { class: "ring" }),
      label: svg("text", { class: "label" }),
      facts: svg("text", { class: "facts" }),
      radius: 0,
      transform: "",
    };
    const isFirst = this.#nodeElements.size === 0;
    elements.group.setAttribute("tabindex", isFirst ? "0" : "-1");
    elements.group.append(elements.ring, elements.shape);
    elements.texts.append(elements.label, elements.facts);
    this.#nodes.append(elements.group);
    this.#texts.append(elements.texts);
    this.#nodeElements.set(node.id, elements);
    return elements;
  }

  #syncLink(key: string, link: MapLink): void {
    const elements = this.#linkElements.get(key) ?? this.#addLink(key, link);
    if (elements.link === link) return;
    elements.link = link;
    // The class may be another; the text stands only where there is room.
    elements.look = "";
    if (elements.text !== undefined) setText(elements.text, linkText(link));
  }

  #addLink(key: string, link: MapLink): LinkElements {
    const elements: LinkElements = {
      link,
      group: svg("g", { "data-link": key, class: "link", "aria-hidden": "true" }),
      line: svg("path", { class: "line" }),
      head: svg("path", { class: "head" }),
      reach: svg("path", { class: "reach" }),
      reached: "",
      text: undefined,
      path: "",
      look: "",
    };
    elements.group.append(elements.line, elements.head, elements.reach);
    this.#links.append(elements.group);
    this.#linkElements.set(key, elements);
    return elements;
  }

  #addText(key: string, elements: LinkElements): SVGTextElement {
    const text = svg("text");
    const { x, y } = this.#picture?.links.get(key)?.middle ?? { x: 0, y: 0 };
    moveText(text, x, y);
    elements.text = text;
    elements.group.append(text);
    return text;
  }

  #resize(elements: NodeElements, radius: number): void {
    const { node, shape, ring, label, facts } = elements;
    elements.radius = radius;
    shape.setAttribute("d", nodeOutline(node.state, radius));
    ring.setAttribute("r", String(radius + 5));
    label.setAttribute("y", String(radius + TEXTS.labelBelow));
    facts.setAttribute("y", String(radius + TEXTS.factsBelow));
  }
}

function moveText(text: SVGTextElement, x: number, y: number): void {
  text.setAttribute("x", x.toFixed(1));
  text.setAttribute("y", y.toFixed(1));
}

function show(element: SVGElement, isShown: boolean): void {
  const display = isShown ? "" : "none";
  if (element.style.display !== display) element.style.display = display;
}
