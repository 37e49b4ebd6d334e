// Dragging a tile onto another one, by mouse, pen or touch.

import { useState } from "react";
import type { PointerEvent } from "react";

/** A drag in progress. */
export interface Drag {
  readonly tile: string;
  /** The distance from the start, in pixels. */
  readonly left: number;
  readonly top: number;
  /** The tile under the pointer, on which it would be dropped. */
  readonly target: string | null;
}

interface Grip {
  readonly tile: string;
  readonly x: number;
  readonly y: number;
}

/** Pixels; a click moves less. */
const DRAG_THRESHOLD = 8;

/** Elements that react to clicks don't start a drag. */
const INTERACTIVE = "button, .popover";

/** Returns the drag in progress, and handlers for the element around the tiles. */
export function useTileDrag(drop: (tile: string, other: string) => void) {
  const [grip, setGrip] = useState<Grip | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const end = (): void => {
    setGrip(null);
    setDrag(null);
  };
  const handlers = {
    onPointerDown: ({ button, target, clientX: x, clientY: y }: PointerEvent): void => {
      if (!(target instanceof Element) || target.closest(INTERACTIVE)) return;
      const tile = idOf(target.closest("[data-tile]"));
      if (button === 0 && tile !== null) setGrip({ tile, x, y });
    },
    onPointerMove: ({ currentTarget, pointerId, clientX, clientY }: PointerEvent): void => {
      if (!grip) return;
      const [left, top] = [clientX - grip.x, clientY - grip.y];
      if (!drag && Math.hypot(left, top) < DRAG_THRESHOLD) return;
      currentTarget.setPointerCapture(pointerId);
      setDrag({ tile: grip.tile, left, top, target: tileAt(clientX, clientY, grip.tile) });
    },
    onPointerUp: ({ clientX, clientY }: PointerEvent): void => {
      const other = drag && tileAt(clientX, clientY, drag.tile);
      if (drag && other !== null) drop(drag.tile, other);
      end();
    },
    onPointerCancel: end,
  };
  return { drag, handlers };
}

/** Returns the tile at this point of the page, except the dragged one. */
function tileAt(x: number, y: number, inHand: string): string | null {
  const tiles = document.elementsFromPoint(x, y).map(idOf);
  return tiles.find((tile) => tile !== null && tile !== inHand) ?? null;
}

const idOf = (element: Element | null): string | null =>
  element?.getAttribute("data-tile") ?? null;
