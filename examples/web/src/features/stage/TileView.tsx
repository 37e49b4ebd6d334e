// One tile: a video or an avatar, the name, and the state of the connection.

import { memo } from "react";
import { shallowEqual } from "react-redux";
import {
  useAppDispatch,
  useAppSelector,
  useRenderOnLanguageChange,
  useStream,
} from "../../app/hooks";
import { texts } from "../../texts";
import { Avatar } from "../../ui/Avatar";
import { Icon } from "../../ui/icons";
import { DisplayName } from "../../ui/DisplayName";
import { VideoView } from "../../ui/VideoView";
import { ConnectionInfo } from "../connection-quality/ConnectionInfo";
import type { Member } from "../people/people-slice";
import { TileMenu } from "../tile-actions/TileMenu";
import type { Box } from "./tile-layout";
import { tilePinned } from "./stage-slice";
import { tileTitle } from "./tiles";
import type { Tile } from "./tiles";
import type { Drag } from "./use-tile-drag";

interface TileViewProps {
  readonly tile: Tile;
  readonly box: Box;
  readonly isPinned: boolean;
  readonly isSpeaking: boolean;
  /** The ids of the tiles in their displayed order, without the featured one. */
  readonly shown: readonly string[];
  readonly drag: Drag | null;
}

export const TileView = memo(function TileView({
  tile,
  box,
  isPinned,
  isSpeaking,
  shown,
  drag,
}: TileViewProps) {
  const dispatch = useAppDispatch();
  useRenderOnLanguageChange();
  const stream = useStream(tile.stream);
  const isHidden = useAppSelector(({ playback }) => playback.hidden.includes(tile.id));
  const { member, isMe, kind } = tile;
  const isScreen = kind === "screen";
  const name = tileTitle(tile);
  const problem = isMe ? null : connectionProblemOf(member);
  const pinLabel = isPinned ? texts.tile.unpin(name) : texts.tile.pin(name);
  const isDragged = drag?.tile === tile.id;
  const left = box.left + (isDragged ? drag.left : 0);
  const top = box.top + (isDragged ? drag.top : 0);
  return (
    <li
      className="tile"
      data-tile={tile.id}
      data-dragged={isDragged}
      data-target={drag?.target === tile.id}
      data-kind={kind}
      data-speaking={isSpeaking}
      data-waits={problem !== null}
      style={{
        width: box.width,
        height: box.height,
        transform: `translate(${left}px, ${top}px)`,
      }}
    >
      {stream && !isHidden ? (
        <VideoView stream={stream} label={name} isMirrored={isMe && !isScreen} />
      ) : (
        <Avatar id={member.id} name={member.username} />
      )}
      {problem && (
        <p className="tile-trouble">
          <span className="spinner" aria-hidden="true" />
          {problem}
        </p>
      )}
      <p className="tile-name">
        {!isScreen && member.state?.muted && (
          <>
            <Icon name="microphone-off" />
            <span className="hidden">{texts.tile.muted}: </span>
          </>
        )}
        {isScreen && <Icon name="screen" />}
        {stream && isHidden && (
          <>
            <Icon name="hide" />
            <span className="hidden">{texts.tile.hidden}: </span>
          </>
        )}
        <DisplayName username={tileTitle(tile, false)} mark={member.mark} />
        {isSpeaking && <span className="hidden">, {texts.tile.speaking}</span>}
      </p>
      <div className="tile-actions">
        {!isMe && !isScreen && <ConnectionInfo member={member} />}
        <TileMenu tile={tile} name={name} shown={shown} />
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
}, areEqual);

/** Tiles and boxes are recreated whenever a member changes, so they are compared by value. */
function areEqual(one: TileViewProps, other: TileViewProps): boolean {
  return (
    shallowEqual(one.tile, other.tile) &&
    shallowEqual(one.box, other.box) &&
    shallowEqual(one.shown, other.shown) &&
    one.isPinned === other.isPinned &&
    one.isSpeaking === other.isSpeaking &&
    one.drag === other.drag
  );
}

/** Returns a text about a problem with the connection to a member, or null. */
function connectionProblemOf({ connection }: Member): string | null {
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
    case "held":
    case "crowded":
    case "refused":
    case "unanswered":
      return texts.tile.without[connection];
  }
}
