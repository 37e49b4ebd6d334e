// Detection of the active speaker from audio levels.

/** Audio levels from 0 to 1, by client id. */
export type Loudness = ReadonlyMap<string, number>;

/** The active speaker, and the time at which they were last heard, in milliseconds. */
export interface ActiveSpeaker {
  readonly id: string | null;
  readonly heardAt: number;
}

export const NO_SPEAKER: ActiveSpeaker = { id: null, heardAt: 0 };

/** Breathing and keyboards stay below this level. */
const AUDIBLE = 0.08;

/** The pause after which another member may become the active speaker. */
const PAUSE_MS = 700;

/** How many times louder an interrupting member must be. */
const INTERRUPTION_RATIO = 1.6;

/** Returns the active speaker, without switching at every short noise. */
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
