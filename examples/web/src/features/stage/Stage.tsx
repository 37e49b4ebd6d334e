// Everybody's tiles, arranged so that the faces are as large as the space allows.

import { useCallback, useMemo, useState } from "react";
import { useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { InviteLink } from "../invite/InviteLink";
import "../invite/invite.css";
import { gridOf, stageOf } from "./arrange";
import type { Box, Size } from "./arrange";
import "./stage.css";
import { TileView } from "./TileView";
import { tilesOf } from "./tiles";
import type { Tile } from "./tiles";

export function Stage({ roomId }: { readonly roomId: string }) {
  const members = useAppSelector(({ people }) => people.members);
  const me = useAppSelector(({ session }) => session.me);
  const pinned = useAppSelector(({ stage }) => stage.pinned);
  const speaker = useAppSelector(({ stage }) => stage.speaker);
  const { featured, others } = useMemo(
    () => tilesOf(members, me, pinned),
    [members, me, pinned],
  );
  const [space, setSpace] = useState<Size | null>(null);
  const measure = useCallback((element: HTMLUListElement) => {
    const observer = new ResizeObserver(() =>
      setSpace({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const isAlone = members.length <= 1;
  const placed = space ? placedIn(space, featured, others) : [];
  return (
    <section className="stage" aria-label={texts.call.stage}>
      <ul ref={measure} className="tiles">
        {placed.map(({ tile, box }) => (
          <TileView
            key={tile.id}
            tile={tile}
            box={box}
            isPinned={tile.id === pinned}
            isSpeaking={tile.kind === "camera" && tile.member.id === speaker && !isAlone}
          />
        ))}
      </ul>
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

interface Placed {
  readonly tile: Tile;
  readonly box: Box;
}

/** Gives each tile its place, the large one first. */
function placedIn(space: Size, featured: Tile | null, others: readonly Tile[]): Placed[] {
  const { large, rest } = featured
    ? stageOf(others.length, space)
    : { large: null, rest: gridOf(others.length, space) };
  const placed = others.flatMap((tile, index) => {
    const box = rest[index];
    return box ? [{ tile, box }] : [];
  });
  return featured && large ? [{ tile: featured, box: large }, ...placed] : placed;
}
