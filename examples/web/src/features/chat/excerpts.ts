// Excerpts of long texts.

/** About as much as a page of the chat shows. */
const MAX_CHARACTERS = 1200;
const MAX_LINES = 20;

/** Returns the beginning of a long message, or the whole of a short one. */
export function beginningOf(text: string): string {
  let end = -1;
  for (let line = 0; line < MAX_LINES; line += 1) {
    end = text.indexOf("\n", end + 1);
    if (end < 0) break;
  }
  return cut(text, end < 0 ? MAX_CHARACTERS : Math.min(end, MAX_CHARACTERS));
}

/** Returns a short text unchanged, and the beginning of a long one with an ellipsis. */
export const excerptOf = (text: string, most: number): string =>
  text.length > most ? `${cut(text, most)}…` : text;

/** Removes half a surrogate pair at the end. */
const cut = (text: string, end: number): string =>
  end >= text.length ? text : text.slice(0, end).replace(/[\ud800-\udbff]$/, "");
