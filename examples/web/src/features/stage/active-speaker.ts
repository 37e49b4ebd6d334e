// Who speaks: decided from how loud everybody is.

/** How loud each is, from 0 to 1, by client id. */
export type Loudness = ReadonlyMap<string, number>;

/** Who speaks, and when that was last heard; times are milliseconds. */
export interface ActiveSpeaker {
  readonly id: string | null;
  readonly heardAt: number;
}

export const NO_SPEAKER: ActiveSpeaker = { id: null, heardAt: 0 };

/** Breath and keyboards stay below this. */
const AUDIBLE = 0.08;

/** So long a speaker may draw breath. */
const PAUSE_MS = 700;

/** So much louder has to be who interrupts. */
const INTERRUPTION_RATIO = 1.6;

/** Returns who speaks now: a ring that jumped at every cough would help nobody. */
export function activeSpeaker(
  before: ActiveSpeaker,
  loudness: Loudness,
  now: number,
): ActiveSpeaker {
  const [loudest, level] = [...loudness].reduce<readonly [string | null, number]>(
    (best, one) => (one[1] > best[1] ? one : best),
    [null, AUDIBLE],
  );
  const own = before.id === null ? 0 : (loudness.get(before.id) ?? 0);
  if (own > AUDIBLE && level < own * INTERRUPTION_RATIO) return { id: before.id, heardAt: now };
  const isPause = before.id !== null && loudness.has(before.id) && own <= AUDIBLE;
  if (isPause && now - before.heardAt < PAUSE_MS) return before;
  return loudest === null ? NO_SPEAKER : { id: loudest, heardAt: now };
}
