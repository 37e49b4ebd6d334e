// Display names: names without control characters, marked where they look alike.

import { likenessOf } from "./confusables";

/** A client with its display name, as returned by `named`. */
export interface Named {
  readonly id: string;
  readonly username: string;
  /**
   * The first digits of the client's id, if its name looks like another one; otherwise null.
   */
  readonly mark: string | null;
}

type ClientName = Omit<Named, "mark">;

/** The server allows 64 characters; longer names of other servers are cut off. */
const MAX_LENGTH = 256;

/**
 * Bidirectional and line controls, and lone surrogates: they would affect the surrounding text.
 */
const CONTROLS = /[\p{Bidi_Control}\p{Cc}\p{Cs}\u2028\u2029]/gu;

/** More marks on one letter than any script needs: they would cover neighbouring lines. */
const TOO_MANY_MARKS = /(\p{M}{4})\p{M}+/gu;

/** A visible character. */
const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{Z}\p{M}\p{Cc}\p{Cf}\u2800]/u;

/** Shown for a name without visible characters. */
const PLACEHOLDER = "?";

/** The number of id digits in a mark: two look-alikes share them once in 65,536 cases. */
const MARK_LENGTH = 4;

/** A name that ends like a mark must get a real one. */
const LIKE_A_MARK = /[#♯⌗]\s*[\p{L}\p{N}]{4}$/u;

/** The words by which the app refers to its own user, in all its languages. */
const OWN_LABELS = ["you", "du"].map(likenessOf);

/** The number of cached names: a large room, and clients that come and go. */
const MAX_CACHED = 2048;

const likenessCache = new Map<string, readonly string[]>();

/** The Unicode blocks of right-to-left scripts (UAX #9, defaults of R and AL). */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Returns a name without characters that affect the surrounding text. */
export function sanitized(name: string): string {
  const clean = name
    .slice(0, MAX_LENGTH)
    .replace(CONTROLS, "")
    .replace(TOO_MANY_MARKS, "$1")
    .trim();
  return VISIBLE.test(clean) ? clean : PLACEHOLDER;
}

/**
 * Returns a client with its display name, marked if the name looks like another one's at this
 * time.
 *
 * @param others - all clients whose names are already known.
 */
export function named<Client extends ClientName>(
  client: Client,
  others: readonly ClientName[],
): Client & Named {
  const username = sanitized(client.username);
  const mine = new Set(likenessesOf(client.username));
  const mayBeTaken = (name: string): boolean => likenessesOf(name).some((one) => mine.has(one));
  const isMarked =
    username === PLACEHOLDER ||
    LIKE_A_MARK.test(username.normalize("NFKC")) ||
    OWN_LABELS.some(({ letters, skeleton }) => mine.has(letters) || mine.has(skeleton)) ||
    others.some((other) => other.id !== client.id && mayBeTaken(other.username));
  return { ...client, username, mark: isMarked ? markOf(client.id) : null };
}

/**
 * Returns a roster with display names. Clients known under the same name keep their display
 * name. Which of the others took a name first is unknown, so all look-alikes among them are
 * marked.
 */
export function namedAll<Client extends ClientName>(
  clients: readonly Client[],
  known: readonly Named[],
  others: readonly ClientName[] = [],
): readonly (Client & Named)[] {
  return clients.map((client) => {
    const before = known.find(({ id }) => id === client.id);
    const isSame = before?.username === sanitized(client.username);
    return before && isSame
      ? { ...client, username: before.username, mark: before.mark }
      : named(client, [...others, ...clients]);
  });
}

/**
 * Returns the name and its mark for use in a sentence, isolated if written from right to left.
 */
export function labelOf({ username, mark }: Omit<Named, "id">): string {
  const name = RIGHT_TO_LEFT.test(username) ? `\u2068${username}\u2069` : username;
  return mark === null ? name : `${name} ${mark}`;
}

const markOf = (id: string): string => `#${sanitized(id).slice(0, MARK_LENGTH)}`;

/**
 * Returns all forms of a name; names that share one look alike. The app writes "(you)" behind
 * its own user's name, so a name that ends like that is compared as well.
 */
function likenessesOf(name: string): readonly string[] {
  const key = name.slice(0, MAX_LENGTH);
  const known = likenessCache.get(key);
  if (known) return known;
  const { letters, skeleton } = likenessOf(sanitized(key));
  const ofOneself = OWN_LABELS.flatMap((word) => [
    letters + word.letters,
    skeleton + word.skeleton,
  ]);
  const likenesses = [...new Set([letters, skeleton, ...ofOneself])];
  if (likenessCache.size >= MAX_CACHED) likenessCache.clear();
  likenessCache.set(key, likenesses);
  return likenesses;
}
