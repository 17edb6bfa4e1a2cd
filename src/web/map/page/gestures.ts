/** Pointers, wheel and keys on the drawing, as what they mean. */

import type { Point } from "../layout.ts";

/** What somebody does to the drawing; points are in pixels from its corner. */
export interface GestureListener {
  pan(by: Point): void;
  zoom(factor: number, at: Point): void;
  /** A node is dragged. */
  drag(id: string, to: Point): void;
  drop(id: string): void;
  /** Something was clicked, or the ground. */
  pick(node: string | undefined, link: string | undefined): void;
  hover(node: string | undefined, link: string | undefined, at: Point): void;
}

/** A pointer that moves no further than this has clicked. */
const CLICK_REACH = 4;

/** By this factor one notch of most wheels enlarges, and one press of a key. */
export const ZOOM_STEP = 1.25;

interface Hand {
  at: Point;
  begin: Point;
  /** The node that it holds. */
  node: string | undefined;
  link: string | undefined;
  hasMoved: boolean;
}

/** Tells a listener what is done to the drawing by pointers. */
export function listenToGestures(stage: SVGSVGElement, listener: GestureListener): void {
  const hands = new Map<number, Hand>();
  const pointOf = (event: MouseEvent): Point => {
    const { left, top } = stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const at = pointOf(event);
    hands.set(event.pointerId, { at, begin: at, hasMoved: false, ...targetOf(event) });
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    const hand = hands.get(event.pointerId);
    const at = pointOf(event);
    if (hand === undefined) {
      const { node, link } = targetOf(event);
      return listener.hover(node, link, at);
    }
    const before = hand.at;
    const isFar = Math.hypot(at.x - hand.begin.x, at.y - hand.begin.y) > CLICK_REACH;
    if (!hand.hasMoved && !isFar) return;
    hand.hasMoved = true;
    hand.at = at;
    stage.classList.add("grabbing");
    const other = [...hands.values()].find((each) => each !== hand);
    if (other !== undefined) {
      const spread = (point: Point) => Math.hypot(point.x - other.at.x, point.y - other.at.y) || 1;
      listener.zoom(spread(at) / spread(before), other.at);
    } else if (hand.node !== undefined) {
      listener.drag(hand.node, at);
    } else {
      listener.pan({ x: at.x - before.x, y: at.y - before.y });
    }
  });
  const end = (event: PointerEvent) => {
    const hand = hands.get(event.pointerId);
    if (hand === undefined) return;
    hands.delete(event.pointerId);
    stage.classList.remove("grabbing");
    if (hand.hasMoved && hand.node !== undefined) listener.drop(hand.node);
    if (!hand.hasMoved && event.type === "pointerup") listener.pick(hand.node, hand.link);
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  stage.addEventListener("pointerleave", (event) => {
    if (hands.size === 0) listener.hover(undefined, undefined, pointOf(event));
  });
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    // Lines and pages of some browsers, in pixels.
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 33;
    const notches = Math.max(-3, Math.min(3, (-event.deltaY * unit) / 100));
    listener.zoom(ZOOM_STEP ** notches, pointOf(event));
  }, { passive: false });
}

function targetOf({ target }: Event): Pick<Hand, "node" | "link"> {
  const found = target instanceof Element ? target.closest("[data-node], [data-link]") : null;
  return {
    node: found?.getAttribute("data-node") ?? undefined,
    link: found?.getAttribute("data-link") ?? undefined,
  };
}
