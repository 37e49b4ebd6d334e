// Playback of the other members' microphones and screen audio.

import { useCallback, useEffect, useRef, useState } from "react";
import { useAppSelector, useServices, useStream } from "../../app/hooks";
import type { StreamKey } from "../../app/media-streams";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { feedOfAudioTrack, volumeOf } from "../tile-actions/playback-slice";

export function RemoteAudio() {
  const { audioLevels } = useServices();
  const me = useAppSelector(({ session }) => session.me);
  const members = useAppSelector(({ people }) => people.members);
  const [blocked, setBlocked] = useState<readonly HTMLAudioElement[]>([]);
  const addBlocked = useCallback(
    (audio: HTMLAudioElement) => setBlocked((all) => [...all, audio]),
    [],
  );

  const playAll = (): void => {
    audioLevels.resume();
    for (const audio of blocked) audio.play().catch(() => undefined);
    setBlocked([]);
  };

  const tracksToPlay = members
    .filter(({ id }) => id !== me)
    .flatMap(({ id, tracks }) =>
      tracks.flatMap((name) => {
        const feed = feedOfAudioTrack(id, name);
        return feed === null ? [] : [{ key: `${id}/${name}` as const, feed }];
      }),
    );
  return (
    <>
      {tracksToPlay.map(({ key, feed }) => (
        <RemoteTrack key={key} from={key} feed={feed} onBlocked={addBlocked} />
      ))}
      {blocked.length > 0 && (
        <div className="banner" role="alert">
          <Icon name="sound" />
          {texts.call.silenced}
          <button type="button" className="button button-small" onClick={playAll}>
            {texts.call.soundOn}
          </button>
        </div>
      )}
    </>
  );
}

interface RemoteTrackProps {
  readonly from: StreamKey;
  readonly feed: string;
  /** Called when the browser blocks playback until the user interacts with the page. */
  readonly onBlocked: (audio: HTMLAudioElement) => void;
}

function RemoteTrack({ from, feed, onBlocked }: RemoteTrackProps) {
  const stream = useStream(from);
  const volume = useAppSelector(({ playback }) => volumeOf(playback, feed));
  const played = useRef<HTMLAudioElement>(null);
  const play = useCallback(
    (audio: HTMLAudioElement | null) => {
      played.current = audio;
      if (!audio) return;
      audio.srcObject = stream;
      audio.play().catch((error: unknown) => {
        if (error instanceof Error && error.name === "NotAllowedError") onBlocked(audio);
      });
    },
    [stream, onBlocked],
  );
  useEffect(() => {
    if (played.current) played.current.volume = volume;
  }, [volume]);
  return <audio ref={play} />;
}
