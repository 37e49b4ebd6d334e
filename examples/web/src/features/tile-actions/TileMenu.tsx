// The menu of a tile: volume, visibility, full screen, picture-in-picture and order.

import { useSyncExternalStore } from "react";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { Popover } from "../../ui/Popover";
import { tilesSwapped } from "../stage/stage-slice";
import type { Tile } from "../stage/tiles";
import { pictureToggled, audioTrackOf, volumeChosen, volumeOf } from "./playback-slice";
import "./volume.css";

interface TileMenuProps {
  readonly tile: Tile;
  readonly name: string;
  /** The ids of the tiles in their displayed order, without the featured one. */
  readonly shown: readonly string[];
}

/** Phones support one of these, or none. */
const canGoFullscreen = "fullscreenEnabled" in document && document.fullscreenEnabled;
const canUsePictureInPicture =
  "pictureInPictureEnabled" in document && document.pictureInPictureEnabled;

export function TileMenu({ tile, name, shown }: TileMenuProps) {
  const dispatch = useAppDispatch();
  const isHidden = useAppSelector(({ playback }) => playback.hidden.includes(tile.id));
  const isFullscreen = useSyncExternalStore(
    subscribe,
    () => tileOf(document.fullscreenElement)?.dataset.tile === tile.id,
  );
  const isInPictureInPicture = useSyncExternalStore(
    subscribe,
    () => tileOf(document.pictureInPictureElement)?.dataset.tile === tile.id,
  );
  const t = texts.tileMenu;
  const index = shown.indexOf(tile.id);
  const [earlier, later] = index < 0 ? [] : [shown[index - 1], shown[index + 1]];
  const moveTo = (other: string): void => {
    dispatch(tilesSwapped({ tile: tile.id, other, shown }));
  };
  return (
    <Popover label={t.of(name)} className="icon-button" button={<Icon name="more" />}>
      <div className="menu">
        {!tile.isMe && tile.member.tracks.includes(audioTrackOf(tile.kind)) && (
          <Volume feed={tile.id} />
        )}
        {!tile.isMe && tile.stream && (
          <button type="button" onClick={() => dispatch(pictureToggled(tile.id))}>
            <Icon name={isHidden ? "show" : "hide"} />
            {isHidden ? t.show : t.hide}
          </button>
        )}
        {canUsePictureInPicture && tile.stream && !isHidden && (
          <button
            type="button"
            onClick={({ currentTarget }) => togglePictureInPicture(currentTarget)}
          >
            <Icon name="picture-in-picture" />
            {isInPictureInPicture ? t.unfloat : t.float}
          </button>
        )}
        {canGoFullscreen && (
          <button
            type="button"
            onClick={({ currentTarget }) => toggleFullscreen(currentTarget)}
          >
            <Icon name="full-screen" />
            {isFullscreen ? t.unfill : t.fill}
          </button>
        )}
        {earlier !== undefined && (
          <button type="button" onClick={() => moveTo(earlier)}>
            <Icon name="back" />
            {t.earlier}
          </button>
        )}
        {later !== undefined && (
          <button type="button" onClick={() => moveTo(later)}>
            <Icon name="later" />
            {t.later}
          </button>
        )}
      </div>
    </Popover>
  );
}

function Volume({ feed }: { readonly feed: string }) {
  const dispatch = useAppDispatch();
  const percent = useAppSelector(({ playback }) => Math.round(volumeOf(playback, feed) * 100));
  const value = texts.tileMenu.percent(percent);
  return (
    <label className="tile-volume">
      <Icon name="sound" />
      <span>{texts.tileMenu.volume}</span>
      <input
        type="range"
        min="0"
        max="100"
        step="5"
        value={percent}
        aria-valuetext={value}
        onChange={({ target }) =>
          dispatch(volumeChosen({ feed, volume: target.valueAsNumber / 100 }))
        }
      />
      <span className="tile-volume-value" aria-hidden="true">
        {value}
      </span>
    </label>
  );
}

const EVENTS = ["fullscreenchange", "enterpictureinpicture", "leavepictureinpicture"] as const;

function subscribe(listener: () => void): () => void {
  for (const event of EVENTS) document.addEventListener(event, listener);
  return () => {
    for (const event of EVENTS) document.removeEventListener(event, listener);
  };
}

const tileOf = (inside: Element | null): HTMLElement | null =>
  inside?.closest<HTMLElement>("[data-tile]") ?? null;

/** If the browser refuses, nothing changes. */
function toggleFullscreen(button: Element): void {
  const tile = tileOf(button);
  const isFullscreen = document.fullscreenElement === tile;
  const done = isFullscreen ? document.exitFullscreen() : tile?.requestFullscreen();
  done?.catch(() => undefined);
}

function togglePictureInPicture(button: Element): void {
  const video = tileOf(button)?.querySelector("video");
  const isInPictureInPicture = document.pictureInPictureElement === video;
  const done = isInPictureInPicture
    ? document.exitPictureInPicture()
    : video?.requestPictureInPicture();
  done?.catch(() => undefined);
}
