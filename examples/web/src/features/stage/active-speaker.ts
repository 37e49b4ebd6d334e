// Who speaks: decided from how loud everybody is.

/** How loud each is, from 0 to 1, by client id. */
export type Loudness = ReadonlyMap<string, number>;

/** Who speaks, and when that was last heard; times are milliseconds. */
export interface Speaking {
  readonly id: string | null;
  readonly heardAt: number;
}

export const NOBODY: Speaking = { id: null, heardAt: 0 };

/** Breath and keyboards stay below this. */
const AUDIBLE = 0.08;

/** So long a speaker may draw breath. */
const PAUSE = 700;

/** So much louder has to be who interrupts. */
const INTERRUPTS = 1.6;

/** Returns who speaks now: a ring that jumped at every cough would help nobody. */
export function whoSpeaks(before: Speaking, loudness: Loudness, now: number): Speaking {
  const [loudest, level] = [...loudness].reduce<readonly [string | null, number]>(
    (best, one) => (one[1] > best[1] ? one : best),
    [null, AUDIBLE],
  );
  const own = before.id === null ? 0 : (loudness.get(before.id) ?? 0);
  if (own > AUDIBLE && level < own * INTERRUPTS) return { id: before.id, heardAt: now };
  const isPause = before.id !== null && loudness.has(before.id) && own <= AUDIBLE;
  if (isPause && now - before.heardAt < PAUSE) return before;
  return loudest === null ? NOBODY : { id: loudest, heardAt: now };
}
