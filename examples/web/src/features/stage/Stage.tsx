// The stage: all tiles, laid out so that they are as large as possible.

import { useCallback, useMemo, useState } from "react";
import { ErrorBoundary } from "../../app/ErrorBoundary";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { ErrorFallback } from "../../ui/ErrorFallback";
import { InviteLink } from "../invite/InviteLink";
import "../invite/invite.css";
import { gridLayout, featuredLayout } from "./tile-layout";
import type { Box, Size } from "./tile-layout";
import "./stage.css";
import { tilePinned, tilesSwapped } from "./stage-slice";
import { TileView } from "./TileView";
import { tilesOf, tileTitle } from "./tiles";
import type { Tile } from "./tiles";
import { useTileDrag } from "./use-tile-drag";

/** With more tiles nothing is animated: 200 moving tiles and spinners block a page for 20 s. */
const MANY_TILES = 24;

export function Stage({ roomId }: { readonly roomId: string }) {
  const dispatch = useAppDispatch();
  const members = useAppSelector(({ people }) => people.members);
  const me = useAppSelector(({ session }) => session.me);
  const pinned = useAppSelector(({ stage }) => stage.pinned);
  const speaker = useAppSelector(({ stage }) => stage.speaker);
  const order = useAppSelector(({ stage }) => stage.order);
  const { featured, others } = useMemo(
    () => tilesOf(members, me, pinned, order),
    [members, me, pinned, order],
  );
  const shown = useMemo(() => others.map(({ id }) => id), [others]);
  const { drag, handlers } = useTileDrag((tile, other) => {
    // Swapping a tile with the featured one features it.
    if (tile === featured?.id) dispatch(tilePinned(other));
    else if (other === featured?.id) dispatch(tilePinned(tile));
    else dispatch(tilesSwapped({ tile, other, shown }));
  });
  const [space, setSpace] = useState<Size | null>(null);
  const measure = useCallback((element: HTMLUListElement) => {
    const observer = new ResizeObserver(() =>
      setSpace({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const isAlone = members.length <= 1;
  const placed = space ? placedTiles(space, featured, others) : [];
  return (
    <section className="stage" aria-label={texts.call.stage}>
      <ul ref={measure} className="tiles" data-many={placed.length > MANY_TILES} {...handlers}>
        {placed.map(({ tile, box }) => (
          <ErrorBoundary
            key={tile.id}
            resetKey={tile.member}
            fallback={<BrokenTile id={tile.id} box={box} />}
          >
            <TileView
              tile={tile}
              box={box}
              isPinned={tile.id === pinned}
              isSpeaking={tile.kind === "camera" && tile.member.id === speaker && !isAlone}
              shown={shown}
              drag={drag}
            />
          </ErrorBoundary>
        ))}
      </ul>
      <LastMove tiles={others} />
      {isAlone && (
        <div className="alone">
          <h2>{texts.call.alone}</h2>
          <p>{texts.call.aloneLead}</p>
          <InviteLink roomId={roomId} />
        </div>
      )}
    </section>
  );
}

function BrokenTile({ id, box }: { readonly id: string; readonly box: Box }) {
  const { left, top, width, height } = box;
  const transform = `translate(${left}px, ${top}px)`;
  return (
    <li className="tile" data-tile={id} style={{ width, height, transform }}>
      <ErrorFallback what={texts.broken.tile} />
    </li>
  );
}

/** Announces the new position of the last moved tile to screen readers. */
function LastMove({ tiles }: { readonly tiles: readonly Tile[] }) {
  const moved = useAppSelector(({ stage }) => stage.moved);
  const tile = tiles.find(({ id }) => id === moved?.tile);
  return (
    <p className="hidden" role="status">
      {tile && moved && texts.tileMenu.moved(tileTitle(tile), moved.position, moved.count)}
    </p>
  );
}

interface Placed {
  readonly tile: Tile;
  readonly box: Box;
}

/** Returns the position of each tile, the featured one first. */
function placedTiles(space: Size, featured: Tile | null, others: readonly Tile[]): Placed[] {
  const { large, rest } = featured
    ? featuredLayout(others.length, space)
    : { large: null, rest: gridLayout(others.length, space) };
  const placed = others.flatMap((tile, index) => {
    const box = rest[index];
    return box ? [{ tile, box }] : [];
  });
  return featured && large ? [{ tile: featured, box: large }, ...placed] : placed;
}
