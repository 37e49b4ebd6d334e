// The level meter of this client's microphone.

import { useLevel } from "../../app/hooks";
import { ME } from "../../app/media-streams";
import { texts } from "../../texts";

const LAMPS = 12;

export function LevelMeter() {
  const level = useLevel(ME, LAMPS);
  return (
    <div
      className="level-meter"
      role="meter"
      aria-label={texts.prejoin.level}
      aria-valuemin={0}
      aria-valuemax={LAMPS}
      aria-valuenow={level}
    >
      {Array.from({ length: LAMPS }, (_, lamp) => (
        <span key={lamp} data-lit={lamp < level} />
      ))}
    </div>
  );
}
