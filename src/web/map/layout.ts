/**
 * Where each node stands. Forces of d3-force (springs along links, repulsion between all) are applied
 * step by step until nothing moves any more; the steps are the caller's, so that a page draws one for
 * each and a test takes a thousand at once. The simulation that d3-force brings is not used: it runs
 * by a timer of its own, and wants all nodes to move whenever one does.
 *
 * Two rules keep a picture calm. What is known keeps its place: a new node appears beside its
 * neighbours, one that comes back (or that the time slider brings back) stands where it stood, links
 * that break or are mended move nothing, and what moves is kept cool after a small change. And nothing
 * is by chance: the same network that comes in the same order is the same picture.
 */

// @ts-types="npm:@types/d3-force@3.0.10"
import { type Force, forceCollide, forceLink, forceManyBody, forceX, forceY } from "d3-force";
import { clutterOf } from "./clutter.ts";
import type { Network } from "./network.ts";
import { ASIDE, startsFor, turnOf } from "./starts.ts";

/** A point of the plane on which nodes are laid out. */
export interface Point {
  x: number;
  y: number;
}

/** A node's place, as d3-force wants it. */
interface Place extends Point {
  readonly id: string;
  vx: number;
  vy: number;
  /** Held here by somebody's hand. */
  held?: Point;
}

/** Between the ends of a link, and no less than between any two nodes. */
const LINK_LENGTH = 90;
const LEAST_DISTANCE = 34;
const REPULSION = -420;
/** How strongly all is drawn to the middle, so that what has no links does not drift away. */
const GRAVITY = 0.045;

/** How much of its speed a node loses in a step, and the whole of its heat. */
const FRICTION = 0.35;
const COOLING = 0.035;
/** At this heat, or when nothing moves further than this in a step, all rests. */
const COLD = 0.004;
const STILL = 0.04;

/** How warm a change makes it: everything is new, a node is, or two that were there are linked. */
const HOT = 1;
const WARM = 0.08;
const COOL = 0.04;

/** Steps before a first picture: as many as take about a third of a second on a slow machine. */
const SETTLING = { most: 240, least: 24, work: 60_000 };

/** Places of nodes that are gone, so that they come back there. */
const MOST_REMEMBERED = 4096;
const MOST_PAIRS = 65_536;

export class Layout {
  #places = new Map<string, Place>();
  readonly #remembered = new Map<string, Point>();
  #forces: readonly Force<Place, SpringDatum>[] = [];
  /** Nodes that have ever been linked with each other. */
  #pairs = new Set<string>();
  /** The links as of the last update. */
  #links = "";
  #heat = 0;

  /** Whether a step would change nothing. */
  get isResting(): boolean {
    return this.#heat < COLD;
  }

  /** Where a node stands; undefined for one that is not on the map. */
  place(id: string): Readonly<Point> | undefined {
    return this.#places.get(id);
  }

  /** All places, by the nodes' ids. */
  places(): ReadonlyMap<string, Readonly<Point>> {
    return this.#places;
  }

  /** Lays out another state of the network. */
  update(network: Network): void {
    const before = this.#places.size;
    this.#dropAll(network);
    const strangers = [...network.nodes.keys()].filter((id) => !this.#places.has(id));
    const unplaced = strangers.filter((id) => !this.#recall(id));
    const isFirst = this.#places.size === 0;
    if (!isFirst) this.#insert(network, unplaced);
    const areNewlyLinked = this.#learnPairs(network);
    const links = [...network.links.keys()].sort().join();
    if (links === this.#links && before === this.#places.size && strangers.length === 0) return;
    this.#links = links;
    if (isFirst) return this.#begin(network);
    this.#prepare(network);
    const share = unplaced.length / this.#places.size;
    if (share > 0) this.#warm(Math.min(HOT, WARM + share));
    else if (areNewlyLinked) this.#warm(COOL);
  }

  /** One step. */
  step(): void {
    if (this.isResting) return;
    this.#heat -= this.#heat * COOLING;
    for (const force of this.#forces) force(this.#heat);
    let furthest = 0;
    for (const place of this.#places.values()) {
      if (place.held !== undefined) {
        Object.assign(place, place.held, { vx: 0, vy: 0 });
        continue;
      }
      place.x += place.vx *= 1 - FRICTION;
      place.y += place.vy *= 1 - FRICTION;
      furthest = Math.max(furthest, Math.abs(place.vx), Math.abs(place.vy));
    }
    const isHeld = [...this.#places.values()].some(({ held }) => held !== undefined);
    if (furthest < STILL && !isHeld) this.#heat = 0;
  }

  /** Takes a node in hand and holds it at a point, while the others give way. */
  hold(id: string, point: Point): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    place.held = { ...point };
    Object.assign(place, point, { vx: 0, vy: 0 });
    this.#warm(WARM);
  }

  /** Lets go of it. It stays where the others let it. */
  release(id: string): void {
    delete this.#places.get(id)?.held;
  }

  /** Begins anew, as if the network had never been seen before. */
  rearrange(network: Network): void {
    this.#places.clear();
    this.#remembered.clear();
    this.#pairs.clear();
    this.#links = "";
    this.update(network);
  }

  #dropAll(network: Network): void {
    for (const [id, { x, y }] of this.#places) {
      if (network.nodes.has(id)) continue;
      this.#places.delete(id);
      this.#remembered.set(id, { x, y });
    }
    for (const id of this.#remembered.keys()) {
      if (this.#remembered.size <= MOST_REMEMBERED) break;
      this.#remembered.delete(id);
    }
  }

  /** Whether two nodes are linked that never were before. Links that come back move nothing. */
  #learnPairs(network: Network): boolean {
    let isNew = false;
    const pairs = new Set(springsOf(network).map(({ source, target }) => `${source} ${target}`));
    for (const pair of pairs) {
      if (this.#pairs.has(pair)) continue;
      isNew = true;
      this.#pairs.add(pair);
    }
    // What is linked now is all that has to be known, if the rest becomes too much.
    if (this.#pairs.size > MOST_PAIRS) this.#pairs = pairs;
    return isNew;
  }

  /** Whether it was known where a node stood. */
  #recall(id: string): boolean {
    const point = this.#remembered.get(id);
    if (point === undefined) return false;
    this.#remembered.delete(id);
    this.#put(id, point);
    return true;
  }

  /** A first picture: of several beginnings the one that ends best. */
  #begin(network: Network): void {
    let best: { clutter: number; places: Map<string, Place> } | undefined;
    for (const start of startsFor(network, LINK_LENGTH)) {
      this.#places = new Map();
      for (const [id, point] of start) this.#put(id, point);
      this.#prepare(network);
      this.#settle();
      const places = this.#places;
      const clutter = clutterOf(network, places);
      if (best === undefined || clutter < best.clutter) best = { clutter, places };
      if (clutter === 0) break;
    }
    if (best === undefined || best.places === this.#places) return;
    this.#places = best.places;
    this.#prepare(network);
  }

  /** Puts new nodes beside their neighbours, on the outer side, where there is room. */
  #insert(network: Network, ids: readonly string[]): void {
    const middle = meanOf([...this.#places.values()]);
    const wanted = new Set(ids);
    const neighbours = new Map<string, Point[]>(ids.map((id) => [id, []]));
    for (const { from, to } of network.links.values()) {
      for (const [id, other] of [[from, to], [to, from]] as const) {
        const place = this.#places.get(other);
        if (wanted.has(id) && place !== undefined) neighbours.get(id)?.push(place);
      }
    }
    const reach = Math.max(0, ...[...this.#places.values()].map((place) => length(place, middle)));
    for (const id of ids) {
      const known = neighbours.get(id) ?? [];
      const angle = turnOf(id);
      const aside = { x: Math.cos(angle), y: Math.sin(angle) };
      if (known.length === 0) {
        this.#put(id, {
          x: middle.x + (reach + LINK_LENGTH) * aside.x,
          y: middle.y + (reach + LINK_LENGTH) * aside.y,
        });
        continue;
      }
      const near = meanOf(known);
      const away = length(near, middle) || 1;
      const outwards = known.length === 1 ? LINK_LENGTH * 0.7 : 0;
      this.#put(id, {
        x: near.x + ((near.x - middle.x) / away) * outwards + ASIDE * aside.x,
        y: near.y + ((near.y - middle.y) / away) * outwards + ASIDE * aside.y,
      });
    }
  }

  #put(id: string, { x, y }: Point): void {
    this.#places.set(id, { id, x, y, vx: 0, vy: 0 });
  }

  /** Tells the forces of the nodes and links that there are. */
  #prepare(network: Network): void {
    const places = [...this.#places.values()];
    const springs = springsOf(network).filter(({ source, target }) =>
      this.#places.has(source) && this.#places.has(target)
    );
    this.#forces = [
      forceLink<Place, SpringDatum>(springs).id(({ id }) => id).distance(LINK_LENGTH),
      forceManyBody<Place>().strength(REPULSION).distanceMax(12 * LINK_LENGTH),
      forceCollide<Place>(LEAST_DISTANCE / 2),
      forceX<Place>().strength(GRAVITY),
      forceY<Place>().strength(GRAVITY),
    ];
    const random = sequence();
    for (const force of this.#forces) force.initialize?.(places, random);
  }

  #settle(): void {
    this.#heat = HOT;
    const { most, least, work } = SETTLING;
    const steps = Math.max(least, Math.min(most, Math.round(work / this.#places.size)));
    for (let step = 0; step < steps; step++) this.step();
  }

  #warm(heat: number): void {
    this.#heat = Math.max(this.#heat, heat);
  }
}

/** A link, as d3-force wants it; it puts the places in the stead of the ids. */
interface SpringDatum {
  source: string;
  target: string;
}

/** Two nodes that dialled each other are held together by one spring. */
function springsOf(network: Network): SpringDatum[] {
  const pairs = new Map<string, SpringDatum>();
  for (const { from, to } of network.links.values()) {
    const [source, target] = from < to ? [from, to] : [to, from];
    pairs.set(`${source} ${target}`, { source, target });
  }
  return [...pairs].sort(([a], [b]) => a < b ? -1 : 1).map(([, pair]) => pair);
}

function meanOf(points: readonly Point[]): Point {
  const sum = points.reduce((all, { x, y }) => ({ x: all.x + x, y: all.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

function length(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** The numbers by which d3-force parts two nodes that stand on the same point, always the same ones. */
function sequence(): () => number {
  let state = 1;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}
