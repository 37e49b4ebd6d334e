// Detection of links in messages.

/** A piece of a message: text, or a link. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly url: string };

const URL_LIKE = /(?:https?:\/\/|www\.)[^\s<>"']+/giu;

/** Punctuation that ends a sentence rather than a URL. */
const TRAILING_PUNCTUATION = ".,;:!?…";

/** Splits a message into text and links, in order. Only http and https URLs become links. */
export function linkified(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(URL_LIKE)) {
    const link = withoutTrailingPunctuation(match);
    const url = /^www\./i.test(link) ? `https://${link}` : link;
    if (!URL.canParse(url)) continue;
    if (index > end) pieces.push({ kind: "text", text: text.slice(end, index) });
    pieces.push({ kind: "link", text: link, url });
    end = index + link.length;
  }
  if (end < text.length) pieces.push({ kind: "text", text: text.slice(end) });
  return pieces;
}

/** A closing bracket belongs to a URL that has an opening one. */
function withoutTrailingPunctuation(link: string): string {
  const ending = link.includes("(") ? TRAILING_PUNCTUATION : `${TRAILING_PUNCTUATION})`;
  let end = link.length;
  while (end > 0 && ending.includes(link.charAt(end - 1))) end -= 1;
  return link.slice(0, end);
}
