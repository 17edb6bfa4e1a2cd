/** Which part of the plane is seen: where its points are on the screen, and the other way round. */

import type { Point } from "./layout.ts";

/** The size of what is drawn on, in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** How far in and out one can go. */
const SCALES = { least: 0.05, most: 4 };
/** A small network is not blown up beyond this to fill the screen. */
const MOST_FITTED = 2.4;
/** Free space at the edges, where the labels of the outermost nodes go. */
const MARGIN = { x: 90, y: 64 };

export class Camera {
  /** Pixels per unit of the plane. */
  scale = 1;
  /** Where the plane's origin is on the screen. */
  x = 0;
  y = 0;

  /** The point of the screen at which a point of the plane is seen. */
  toScreen({ x, y }: Point): Point {
    return { x: this.x + x * this.scale, y: this.y + y * this.scale };
  }

  /** The point of the plane that is seen at a point of the screen. */
  toPlane({ x, y }: Point): Point {
    return { x: (x - this.x) / this.scale, y: (y - this.y) / this.scale };
  }

  move(by: Point): void {
    this.x += by.x;
    this.y += by.y;
  }

  /** Enlarges by a factor, while the point of the plane that is seen at `fixed` stays there. */
  zoom(factor: number, fixed: Point): void {
    const { least, most } = SCALES;
    const scale = Math.min(most, Math.max(least, this.scale * factor));
    const { x, y } = this.toPlane(fixed);
    this.scale = scale;
    this.x = fixed.x - x * scale;
    this.y = fixed.y - y * scale;
  }

  /** Shows all points, or the plane's origin where there are none. */
  fit(points: Iterable<Point>, { width, height }: Size): void {
    const all = [...points];
    const box = {
      left: Math.min(...all.map(({ x }) => x)),
      right: Math.max(...all.map(({ x }) => x)),
      top: Math.min(...all.map(({ y }) => y)),
      bottom: Math.max(...all.map(({ y }) => y)),
    };
    const room = {
      width: Math.max(width - 2 * MARGIN.x, width / 2),
      height: Math.max(height - 2 * MARGIN.y, height / 2),
    };
    const scale = Math.min(
      MOST_FITTED,
      room.width / Math.max(box.right - box.left, 1),
      room.height / Math.max(box.bottom - box.top, 1),
    );
    const isEmpty = all.length === 0;
    this.scale = isEmpty ? 1 : Math.max(scale, SCALES.least);
    this.x = width / 2 - (isEmpty ? 0 : this.scale * (box.left + box.right) / 2);
    this.y = height / 2 - (isEmpty ? 0 : this.scale * (box.top + box.bottom) / 2);
  }

  /** Whether a point of the plane is on the screen, not too close to its edge. */
  sees(point: Point, { width, height }: Size): boolean {
    const { x, y } = this.toScreen(point);
    const edge = 24;
    return x > edge && y > edge && x < width - edge && y < height - edge;
  }
}
