// Numbers that are told up to a bound: beyond it nobody wants to know more.

/** From here on it is just many. */
export const MANY = 100;

/** Returns a number, or "99+". */
export const upToMany = (count: number): string =>
  count < MANY ? String(count) : `${MANY - 1}+`;
