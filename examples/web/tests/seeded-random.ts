// Pseudo-random numbers that repeat with the same seed.

/** Returns a function that draws an integer from 0 up to, but not including, its argument. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    // A linear congruential generator with the constants of Numerical Recipes; its high bits
    // are the random ones.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
