// One tile: a face or a screen, whose it is, and how its connection is.

import { useAppDispatch, useStream } from "../../app/hooks";
import { texts } from "../../texts";
import { Avatar } from "../../ui/Avatar";
import { Icon } from "../../ui/icons";
import { Picture } from "../../ui/Picture";
import type { Member } from "../people/people-slice";
import type { Box } from "./arrange";
import { tilePinned } from "./stage-slice";
import type { Tile } from "./tiles";

interface TileViewProps {
  readonly tile: Tile;
  readonly box: Box;
  readonly isPinned: boolean;
  readonly isSpeaking: boolean;
}

export function TileView({ tile, box, isPinned, isSpeaking }: TileViewProps) {
  const dispatch = useAppDispatch();
  const stream = useStream(tile.stream);
  const { member, isMe, kind } = tile;
  const isScreen = kind === "screen";
  const name = isScreen ? texts.tile.screenOf(member.username, isMe) : texts.tile.nameOf(member.username, isMe);
  const trouble = isMe ? null : troubleOf(member);
  const pinLabel = isPinned ? texts.tile.unpin(name) : texts.tile.pin(name);
  return (
    <li
      className="tile"
      data-kind={kind}
      data-speaking={isSpeaking}
      data-waits={trouble !== null}
      style={{
        width: box.width,
        height: box.height,
        transform: `translate(${box.left}px, ${box.top}px)`,
      }}
    >
      {stream ? (
        <Picture stream={stream} label={name} isMirrored={isMe && !isScreen} />
      ) : (
        <Avatar id={member.id} name={member.username} />
      )}
      {trouble && (
        <p className="tile-trouble">
          <span className="spinner" aria-hidden="true" />
          {trouble}
        </p>
      )}
      <p className="tile-name">
        {!isScreen && member.doing?.muted && (
          <>
            <Icon name="microphone-off" />
            <span className="hidden">{texts.tile.muted}: </span>
          </>
        )}
        {isScreen && <Icon name="screen" />}
        <span>{name}</span>
        {isSpeaking && <span className="hidden">, {texts.tile.speaking}</span>}
      </p>
      <div className="tile-actions">
        <button
          type="button"
          className="icon-button"
          aria-pressed={isPinned}
          aria-label={pinLabel}
          title={pinLabel}
          onClick={() => dispatch(tilePinned(isPinned ? null : tile.id))}
        >
          <Icon name={isPinned ? "pin-off" : "pin"} />
        </button>
      </div>
    </li>
  );
}

/** What is wrong with the connection to somebody, or null. */
function troubleOf({ connection }: Member): string | null {
  switch (connection) {
    case "connected":
      return null;
    case "disconnected":
    case "failed":
      return texts.tile.lost;
    case "new":
    case "connecting":
    case "closed":
    case null:
      return texts.tile.connecting;
  }
}
