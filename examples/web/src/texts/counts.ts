// Counts that are displayed up to a limit.

/** Counts from here on are displayed as "99+". */
export const MANY = 100;

/** Returns a count, or "99+". */
export const upToMany = (count: number): string =>
  count < MANY ? String(count) : `${MANY - 1}+`;
