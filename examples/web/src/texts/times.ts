// Times as people read them.

/**
 * Returns a time in the reader's time zone, to the minute; the day is left out if it is today.
 *
 * @param time - in UNIX seconds.
 * @param language - a language tag, see `texts.language`.
 * @param now - in UNIX milliseconds.
 */
export function localTime(time: number, language: string, now: number = Date.now()): string {
  const date = new Date(time * 1000);
  const today = new Date(now);
  const isToday = date.toDateString() === today.toDateString();
  const isThisYear = date.getFullYear() === today.getFullYear();
  return date.toLocaleString(language, {
    ...(!isToday && { weekday: "short", day: "numeric", month: "short" }),
    ...(!isThisYear && { year: "numeric" }),
    hour: "numeric",
    minute: "2-digit",
  });
}
