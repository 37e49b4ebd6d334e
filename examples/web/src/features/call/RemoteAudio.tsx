// The voices of the others, and the sound of their screens.

import { useCallback, useEffect, useRef, useState } from "react";
import { useAppSelector, useServices, useStream } from "../../app/hooks";
import type { StreamKey } from "../../app/media-streams";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { feedOfSound, volumeOf } from "../tile-actions/playback-slice";

export function Sounds() {
  const { levels } = useServices();
  const me = useAppSelector(({ session }) => session.me);
  const members = useAppSelector(({ people }) => people.members);
  const [held, setHeld] = useState<readonly HTMLAudioElement[]>([]);
  const hold = useCallback((audio: HTMLAudioElement) => setHeld((one) => [...one, audio]), []);

  const playAll = (): void => {
    levels.wake();
    for (const audio of held) audio.play().catch(() => undefined);
    setHeld([]);
  };

  const sounds = members
    .filter(({ id }) => id !== me)
    .flatMap(({ id, tracks }) =>
      tracks.flatMap((name) => {
        const feed = feedOfSound(id, name);
        return feed === null ? [] : [{ key: `${id}/${name}` as const, feed }];
      }),
    );
  return (
    <>
      {sounds.map(({ key, feed }) => (
        <Sound key={key} from={key} feed={feed} onHeld={hold} />
      ))}
      {held.length > 0 && (
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

interface SoundProps {
  readonly from: StreamKey;
  readonly feed: string;
  /** The browser plays nothing before somebody has touched the page. */
  readonly onHeld: (audio: HTMLAudioElement) => void;
}

function Sound({ from, feed, onHeld }: SoundProps) {
  const stream = useStream(from);
  const volume = useAppSelector(({ feeds }) => volumeOf(feeds, feed));
  const played = useRef<HTMLAudioElement>(null);
  const play = useCallback(
    (audio: HTMLAudioElement | null) => {
      played.current = audio;
      if (!audio) return;
      audio.srcObject = stream;
      audio.play().catch((error: unknown) => {
        if (error instanceof Error && error.name === "NotAllowedError") onHeld(audio);
      });
    },
    [stream, onHeld],
  );
  useEffect(() => {
    if (played.current) played.current.volume = volume;
  }, [volume]);
  return <audio ref={play} />;
}
