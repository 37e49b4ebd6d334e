// The beginnings of long texts: what is shown of them before somebody asks for the rest.

/** What a page of the chat shows at once. */
const MAX_CHARACTERS = 1200;
const MAX_LINES = 20;

/** Returns the beginning of a message, or all of a message that isn't long. */
export function beginningOf(text: string): string {
  let end = -1;
  for (let line = 0; line < MAX_LINES; line += 1) {
    end = text.indexOf("\n", end + 1);
    if (end < 0) break;
  }
  return cut(text, end < 0 ? MAX_CHARACTERS : Math.min(end, MAX_CHARACTERS));
}

/** Returns a short piece of a text, which says that it is one. */
export const excerptOf = (text: string, most: number): string =>
  text.length > most ? `${cut(text, most)}…` : text;

/** Half a character at the end is left out. */
const cut = (text: string, end: number): string =>
  end >= text.length ? text : text.slice(0, end).replace(/[\ud800-\udbff]$/, "");
