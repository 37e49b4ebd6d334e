// The tiles of the stage: one for each member, and one for each shared screen.

import { ME } from "../../app/media-streams";
import type { StreamKey } from "../../app/media-streams";
import { texts } from "../../texts";
import { labelOf } from "../people/display-names";
import type { Member } from "../people/people-slice";
import { ordered } from "./tile-order";

export interface Tile {
  /** `<client id>/camera` or `<client id>/screen`. */
  readonly id: string;
  readonly member: Member;
  readonly isMe: boolean;
  readonly kind: "camera" | "screen";
  /** The key of the video stream; null while there is none. */
  readonly stream: StreamKey | null;
}

/** The featured tile, if any, and all others. */
export interface Tiles {
  readonly featured: Tile | null;
  readonly others: readonly Tile[];
}

/** Returns the title of a tile; the mark of a name may be shown separately. */
export function tileTitle({ member, isMe, kind }: Tile, withMark = true): string {
  const label = labelOf(withMark ? member : { ...member, mark: null });
  return kind === "screen" ? texts.tile.screenOf(label, isMe) : texts.tile.nameOf(label, isMe);
}

/**
 * Returns the tiles in the chosen order, by default with the user's own at the end. The
 * featured tile is the pinned one or else the last shared screen of another member.
 */
export function tilesOf(
  members: readonly Member[],
  me: string | null,
  pinned: string | null,
  order: readonly string[] = [],
): Tiles {
  const others = members.filter(({ id }) => id !== me);
  const inOrder = [...others, ...members.filter(({ id }) => id === me)];
  const tile = (member: Member, kind: Tile["kind"]): Tile => {
    const isMe = member.id === me;
    const stream = `${isMe ? ME : member.id}/${kind}` as const;
    const hasPicture = member.tracks.includes(kind);
    return {
      id: `${member.id}/${kind}`,
      member,
      isMe,
      kind,
      stream: hasPicture ? stream : null,
    };
  };
  const screens = inOrder.filter(({ tracks }) => tracks.includes("screen"));
  const natural = [
    ...screens.map((member) => tile(member, "screen")),
    ...inOrder.map((member) => tile(member, "camera")),
  ];
  const featured =
    natural.find(({ id }) => id === pinned) ??
    natural.findLast(({ kind, isMe }) => kind === "screen" && !isMe) ??
    null;
  return { featured, others: ordered(natural, order).filter((one) => one !== featured) };
}
