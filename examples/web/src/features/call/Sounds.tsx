// The voices of the others, and the sound of their screens.

import { useCallback, useState } from "react";
import { useAppSelector, useServices, useStream } from "../../app/hooks";
import type { StreamKey } from "../../app/streams";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";

const AUDIBLE = ["microphone", "screen-audio"];

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

  const keys = members
    .filter(({ id }) => id !== me)
    .flatMap(({ id, tracks }) =>
      tracks.filter((name) => AUDIBLE.includes(name)).map((name): StreamKey => `${id}/${name}`),
    );
  return (
    <>
      {keys.map((key) => (
        <Sound key={key} from={key} onHeld={hold} />
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
  /** The browser plays nothing before somebody has touched the page. */
  readonly onHeld: (audio: HTMLAudioElement) => void;
}

function Sound({ from, onHeld }: SoundProps) {
  const stream = useStream(from);
  const play = useCallback(
    (audio: HTMLAudioElement | null) => {
      if (!audio) return;
      audio.srcObject = stream;
      audio.play().catch((error: unknown) => {
        if (error instanceof Error && error.name === "NotAllowedError") onHeld(audio);
      });
    },
    [stream, onHeld],
  );
  return <audio ref={play} />;
}
