// Dragging a tile onto another one, with a mouse, a pen or a finger.

import { useState } from "react";
import type { PointerEvent } from "react";

/** Where a tile is while it is dragged. */
export interface Drag {
  readonly tile: string;
  /** How far it has come, in pixels. */
  readonly left: number;
  readonly top: number;
  /** The tile that it would be dropped on. */
  readonly target: string | null;
}

interface Grip {
  readonly tile: string;
  readonly x: number;
  readonly y: number;
}

/** A hand that clicks moves less. */
const DRAG_THRESHOLD = 8;

/** What has a use of its own is no handle. */
const INTERACTIVE = "button, .popover";

/** Tells what is dragged, and has these handlers for the element around the tiles. */
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

/** Returns the tile at this point of the page, but for the one in the hand. */
function tileAt(x: number, y: number, inHand: string): string | null {
  const tiles = document.elementsFromPoint(x, y).map(idOf);
  return tiles.find((tile) => tile !== null && tile !== inHand) ?? null;
}

const idOf = (element: Element | null): string | null =>
  element?.getAttribute("data-tile") ?? null;
