// Names as they are shown: harmless to the text around them, and told apart where they look alike.

import { likenessOf } from "./confusables";

/** Somebody under the name that is shown, as `named` returns it. */
export interface Named {
  readonly id: string;
  readonly username: string;
  /** The first digits of its id, where its name looks like somebody else's; otherwise null. */
  readonly mark: string | null;
}

type ClientName = Omit<Named, "mark">;

/** The server takes 64 characters; those of another one are cut off here. */
const MAX_LENGTH = 256;

/** Direction and line controls, and halves of characters: they would act on the text around. */
const CONTROLS = /[\p{Bidi_Control}\p{Cc}\p{Cs}\u2028\u2029]/gu;

/** Marks upon one letter: more than any script needs would stand on the lines around. */
const TOO_MANY_MARKS = /(\p{M}{4})\p{M}+/gu;

/** What there is to see of a name, at the least. */
const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{Z}\p{M}\p{Cc}\p{Cf}\u2800]/u;

/** What is shown for a name that shows nothing. */
const PLACEHOLDER = "?";

/** The digits of an id that a mark has: two who look alike share them once in 65,536 times. */
const MARK_LENGTH = 4;

/** A name that looks as if it had a mark has to have one. */
const LIKE_A_MARK = /[#♯⌗]\s*[\p{L}\p{N}]{4}$/u;

/** What the app calls its own user, in any of its languages. */
const OWN_LABELS = ["you", "du"].map(likenessOf);

/** Names whose looks are kept: those of a large room, and of those who come and go. */
const MAX_CACHED = 2048;

const likenessCache = new Map<string, readonly string[]>();

/** The blocks of Unicode that are written from right to left (Unicode Annex 9, defaults of R and AL). */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Returns a name without anything that acts on the text around it. */
export function sanitized(name: string): string {
  const clean = name
    .slice(0, MAX_LENGTH)
    .replace(CONTROLS, "")
    .replace(TOO_MANY_MARKS, "$1")
    .trim();
  return VISIBLE.test(clean) ? clean : PLACEHOLDER;
}

/**
 * Returns somebody as shown. The name is marked where somebody else has one that looks like it
 * at the time when it is taken.
 *
 * @param others - everybody whose name is known already.
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
 * Returns a roster as shown. Who is known under the same name is shown as before; of the others
 * nobody can tell who has taken a name first, so that all who look alike are marked.
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

/** Returns the name with its mark for a sentence, on which its direction has no effect. */
export function labelOf({ username, mark }: Omit<Named, "id">): string {
  const name = RIGHT_TO_LEFT.test(username) ? `\u2068${username}\u2069` : username;
  return mark === null ? name : `${name} ${mark}`;
}

const markOf = (id: string): string => `#${sanitized(id).slice(0, MARK_LENGTH)}`;

/**
 * Returns all that a name may be taken for: two that have one of these in common are alike. The
 * app itself writes "(you)" behind a name: nobody else may look like that either.
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
