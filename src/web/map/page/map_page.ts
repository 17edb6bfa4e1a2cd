/**
 * The page as a whole: what comes from the node goes into the timeline, what is shown of it goes to the
 * drawing and the tables, and what people do changes what is shown. Nothing is drawn when something
 * comes in, only marked: the next picture takes up all that has changed since the last.
 */

import { Camera, type Size } from "../camera.ts";
import { toD2, toJson, toSvg } from "../exports.ts";
import { Layout, type Point } from "../layout.ts";
import { type Change, Network } from "../network.ts";
import { type News, newsOf } from "../news.ts";
import { palette } from "../palette.ts";
import { pictureOf } from "../picture.ts";
import { fits } from "../search.ts";
import { Timeline } from "../timeline.ts";
import { nextInDirection } from "../walk.ts";
import { counted, describeNode, labelOf, nameOf, rttOf } from "../words.ts";
import { Announcer } from "./announcer.ts";
import { Appearance } from "./appearance.ts";
import { Details } from "./details.ts";
import { byId, setText } from "./dom.ts";
import { download } from "./download.ts";
import { listenToGestures, ZOOM_STEP } from "./gestures.ts";
import { listenToKeys } from "./keys.ts";
import { Pacer } from "./pacer.ts";
import { type Mark, Player } from "./player.ts";
import { type Greeting, Source, type SourceState } from "./source.ts";
import { type Highlights, Stage } from "./stage.ts";
import { Tables } from "./tables.ts";

/** How often, at the most, what stands beside the drawing is brought up to date, in milliseconds. */
const BESIDE_MS = 400;
/** And how often texts are chosen anew while nodes move or round trips change. */
const TEXTS_MS = 300;
const CLOCK_MS = 1_000;
/** Moments that the slider marks. */
const MOST_MARKS = 4_000;

/** What the next picture has to take up. */
interface Dirt {
  network: boolean;
  places: boolean;
  highlights: boolean;
}

export class MapPage {
  readonly #timeline = new Timeline();
  readonly #layout = new Layout();
  readonly #camera = new Camera();
  readonly #root = byId("stage", SVGSVGElement);
  readonly #stage = new Stage(this.#root);
  readonly #appearance = new Appearance();
  readonly #announcer = new Announcer();
  readonly #search = byId("search", HTMLInputElement);
  readonly #tip = byId("tip", HTMLElement);
  readonly #pacer = new Pacer(() => this.#draw());
  readonly #player = new Player(() => this.#mark("network"));
  readonly #tables: Tables;
  readonly #details: Details;
  readonly #source: Source;
  readonly #dirt: Dirt = { network: false, places: false, highlights: false };
  /** The network at the time that is shown. */
  #shown = new Network();
  #highlights: Highlights = {
    selectedNode: undefined,
    selectedLink: undefined,
    hovered: undefined,
    found: undefined,
  };
  #marks: Mark[] = [];
  /** What to add to this machine's clock to have the node's. */
  #clockOffset = 0;
  #version: string | undefined;
  /** Whether all is kept in sight, until somebody moves the picture. */
  #isFitted = true;
  #size: Size = { width: 0, height: 0 };
  #textsAt = 0;
  #textsTimer: number | undefined;
  #besideTimer: number | undefined;

  constructor() {
    const pickNode = (id: string) => this.#select(id, undefined, true);
    this.#tables = new Tables({
      pickNode,
      pickLink: (key) => this.#select(undefined, key, false),
      turned: () => this.#syncBeside(),
    });
    this.#details = new Details({
      pickNode,
      close: () => this.#select(undefined, undefined, false),
    });
    this.#source = new Source({
      begun: (greeting) => this.#begin(greeting),
      changed: (change) => this.#take(change),
      ticked: (now) => this.#clockOffset = now - Date.now(),
      turned: (state, reason) => this.#showState(state, reason),
    });
    this.#listen();
  }

  start(): void {
    this.#source.open();
    setInterval(() => this.#syncClock(), CLOCK_MS);
  }

  #listen(): void {
    listenToGestures(this.#root, {
      pan: (by) => this.#moveCamera(() => this.#camera.move(by)),
      zoom: (factor, at) => this.#moveCamera(() => this.#camera.zoom(factor, at)),
      drag: (id, to) => {
        this.#layout.hold(id, this.#camera.toPlane(to));
        this.#isFitted = false;
        this.#mark("places");
      },
      drop: (id) => this.#layout.release(id),
      pick: (node, link) => this.#select(node, link, false),
      hover: (node, link, at) => this.#hover(node, link, at),
    });
    listenToKeys(this.#root, {
      walk: (from, direction) => this.#walk(from, direction),
      open: (id) => {
        this.#select(id, undefined, true);
        this.#syncBeside();
        this.#details.focus();
      },
      zoom: (steps) => {
        const middle = { x: this.#size.width / 2, y: this.#size.height / 2 };
        this.#moveCamera(() => this.#camera.zoom(ZOOM_STEP ** steps, middle));
      },
      fit: () => this.#fit(),
      search: () => this.#search.focus(),
      cancel: () => this.#cancel(),
    });
    this.#search.addEventListener("input", () => this.#find());
    this.#search.addEventListener("keydown", ({ key }) => {
      const [first] = this.#highlights.found ?? [];
      if (key === "Enter" && first !== undefined) this.#select(first, undefined, true);
    });
    const press = (id: string, action: () => void) =>
      byId(id, HTMLButtonElement).addEventListener("click", action);
    press("fit", () => this.#fit());
    press("arrange", () => {
      this.#layout.rearrange(this.#shown);
      this.#fit();
    });
    press("export-svg", () => {
      const picture = toSvg(this.#shown, this.#layout, this.#appearance.theme);
      this.#export("svg", "image/svg+xml", picture);
    });
    press("export-d2", () => this.#export("d2", "text/plain", toD2(this.#shown)));
    press("export-json", () => this.#export("json", "application/json", toJson(this.#shown)));
    this.#appearance.turned = () => this.#syncClock();
    new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      this.#size = { width, height };
      if (this.#isFitted) this.#fit();
      else this.#mark("places");
    }).observe(this.#root);
  }

  #begin({ now, version, changes }: Greeting): void {
    this.#clockOffset = now - Date.now();
    this.#timeline.reset(changes);
    this.#tables.clearNews();
    this.#marks = [];
    const network = new Network();
    const [first, ...later] = changes;
    if (first !== undefined) network.apply(first);
    for (const change of later) {
      this.#tell(newsOf(network, change));
      network.apply(change);
    }
    this.#mark("network");
    this.#syncClock();
    if (this.#version !== undefined && this.#version !== version) {
      this.#notify(`The node runs version ${version} now: reload the page to have its map`);
    }
    this.#version ??= version;
  }

  #take(change: Change): void {
    const news = newsOf(this.#timeline.live, change);
    this.#timeline.push(change);
    this.#tell(news);
    this.#announcer.tell(news);
    if (this.#player.moment === undefined) this.#mark("network");
  }

  #tell(news: readonly News[]): void {
    const [first] = news;
    if (first === undefined) return;
    this.#tables.tell(news);
    this.#marks.push({ at: first.at, isBad: news.some(({ tone }) => tone === "bad") });
    if (this.#marks.length > MOST_MARKS) this.#marks = this.#marks.slice(MOST_MARKS / 2);
  }

  /** The next picture takes up a change. */
  #mark(what: keyof Dirt): void {
    this.#dirt[what] = true;
    this.#pacer.ask();
  }

  #draw(): void {
    const { network, highlights } = this.#dirt;
    let { places } = this.#dirt;
    Object.assign(this.#dirt, { network: false, places: false, highlights: false });
    if (network) {
      const wasEmpty = this.#shown.nodes.size === 0;
      const { moment } = this.#player;
      this.#shown = moment === undefined ? this.#timeline.live : this.#timeline.at(moment);
      this.#layout.update(this.#shown);
      if (wasEmpty) this.#fit();
      this.#stage.sync(this.#shown);
      this.#find();
    }
    if (!this.#layout.isResting) {
      this.#move();
      places = true;
    }
    if (this.#isFitted && (places || network)) this.#keepInSight();
    if (places || network) {
      const picture = pictureOf(this.#shown, this.#layout, this.#camera);
      this.#stage.place(picture, !this.#layout.isResting);
    }
    if (highlights || network) this.#stage.highlight(this.#highlights);
    this.#chooseTexts(highlights, places || network);
    if (highlights) this.#syncBeside();
    else if (network) this.#besideTimer ??= setTimeout(() => this.#syncBeside(), BESIDE_MS);
    if (!this.#layout.isResting) this.#mark("places");
  }

  /** A step of the layout or two; for who wants no motion, all of them at once. */
  #move(): void {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const steps = isStill ? 300 : this.#pacer.isSlow ? 2 : 1;
    for (let step = 0; step < steps && !this.#layout.isResting; step++) this.#layout.step();
  }

  #keepInSight(): void {
    const points = [...this.#layout.places().values()];
    if (points.some((point) => !this.#camera.sees(point, this.#size))) {
      this.#camera.fit(points, this.#size);
    }
  }

  /** Texts follow at once what people do, and now and then what nodes do. */
  #chooseTexts(atOnce: boolean, hasChanged: boolean): void {
    if (!atOnce && !hasChanged) return;
    const wait = this.#textsAt + TEXTS_MS + 24 * this.#pacer.cost - performance.now();
    if (atOnce || wait <= 0) {
      clearTimeout(this.#textsTimer);
      this.#textsTimer = undefined;
      this.#textsAt = performance.now();
      this.#stage.label(this.#highlights, this.#size);
    } else {
      this.#textsTimer ??= setTimeout(() => this.#chooseTexts(true, true), wait);
    }
  }

  #syncBeside(): void {
    clearTimeout(this.#besideTimer);
    this.#besideTimer = undefined;
    const network = this.#shown;
    const { selectedNode, selectedLink } = this.#highlights;
    this.#tables.sync(network, this.#highlights);
    this.#details.sync(network, selectedNode, selectedLink);
    const lost = [...network.nodes.values()].filter(({ state }) => state === "lost").length;
    const nodes = counted(network.nodes.size, "node") + (lost === 0 ? "" : ` (${lost} lost)`);
    setText(byId("counts", HTMLElement), `${nodes}, ${counted(network.links.size, "link")}`);
    const own = labelOf(network, network.self);
    setText(byId("own-name", HTMLElement), own);
    document.title = `${own} · area-net map`;
  }

  #syncClock(): void {
    const { from } = this.#timeline;
    if (from === undefined) return;
    this.#player.sync(from, Date.now() + this.#clockOffset);
    const { muted, bad } = palette(this.#appearance.theme);
    this.#player.mark(this.#marks, { plain: muted, bad });
  }

  #showState(state: SourceState, reason?: string): void {
    const status = byId("status", HTMLElement);
    status.dataset.state = state;
    setText(status, state === "refused" ? "not allowed" : state);
    byId("drawing", HTMLElement).classList.toggle("stale", state !== "live");
    if (reason !== undefined) this.#notify(reason);
    else if (state === "reconnecting") this.#notify("The node does not answer: trying again");
    else this.#notify("");
  }

  #notify(text: string): void {
    const notice = byId("notice", HTMLElement);
    notice.hidden = text === "";
    setText(notice, text);
  }

  #select(node: string | undefined, link: string | undefined, showIt: boolean): void {
    this.#highlights = { ...this.#highlights, selectedNode: node, selectedLink: link };
    const place = node === undefined ? undefined : this.#layout.place(node);
    if (showIt && place !== undefined && !this.#camera.sees(place, this.#size)) {
      const { x, y } = this.#camera.toScreen(place);
      this.#isFitted = false;
      this.#camera.move({ x: this.#size.width / 2 - x, y: this.#size.height / 2 - y });
      this.#mark("places");
    }
    this.#mark("highlights");
  }

  #hover(node: string | undefined, link: string | undefined, at: Point): void {
    const hovered = node ?? link;
    if (hovered !== this.#highlights.hovered) {
      this.#highlights = { ...this.#highlights, hovered };
      this.#mark("highlights");
      setText(this.#tip, this.#tipFor(node, link));
    }
    this.#tip.hidden = hovered === undefined;
    const isRight = at.x > this.#size.width / 2;
    const x = isRight ? `calc(${at.x - 14}px - 100%)` : `${at.x + 14}px`;
    this.#tip.style.translate = `${x} ${at.y + 14}px`;
  }

  #tipFor(node: string | undefined, link: string | undefined): string {
    const network = this.#shown;
    const known = network.nodes.get(node ?? "");
    if (known !== undefined) return describeNode(network, known).replaceAll(", ", "\n");
    const between = network.links.get(link ?? "");
    if (between === undefined) return "";
    const ends = `${nameOf(network, between.from)} → ${nameOf(network, between.to)}`;
    return `${ends}\nRTT ${rttOf(between)}`;
  }

  #find(): void {
    const search = this.#search.value.trim();
    const fitting = [...this.#shown.nodes.values()].filter((node) => fits(search, node));
    const found = search === "" ? undefined : new Set(fitting.map(({ id }) => id));
    setText(byId("found", HTMLElement), found === undefined ? "" : String(found.size));
    if (found === undefined && this.#highlights.found === undefined) return;
    this.#highlights = { ...this.#highlights, found };
    this.#mark("highlights");
  }

  #cancel(): void {
    byId("export", HTMLDetailsElement).open = false;
    if (this.#search.value !== "") {
      this.#search.value = "";
      this.#find();
    } else {
      this.#select(undefined, undefined, false);
    }
  }

  #walk(from: string | undefined, direction: Point): void {
    const start = from ?? this.#highlights.selectedNode ?? this.#shown.self;
    const points = new Map(this.#layout.places());
    const next = from === undefined ? start : nextInDirection(start, points, direction);
    if (next === undefined) return;
    this.#stage.focus(next);
    const place = points.get(next);
    if (place === undefined || this.#camera.sees(place, this.#size)) return;
    const { x, y } = this.#camera.toScreen(place);
    const to = { x: this.#size.width / 2 - x, y: this.#size.height / 2 - y };
    this.#moveCamera(() => this.#camera.move(to));
  }

  #moveCamera(move: () => void): void {
    move();
    this.#isFitted = false;
    this.#mark("places");
  }

  #fit(): void {
    this.#isFitted = true;
    this.#camera.fit(this.#layout.places().values(), this.#size);
    this.#mark("places");
  }

  #export(extension: string, type: string, text: string): void {
    byId("export", HTMLDetailsElement).open = false;
    const time = new Date(this.#shown.at).toISOString().slice(0, 19).replaceAll(":", "");
    download(`area-net-${time}.${extension}`, type, text);
  }
}
