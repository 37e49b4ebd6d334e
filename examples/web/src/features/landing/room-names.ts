// Random names for rooms: easy to read out, hard to guess.

const ADJECTIVES = "amber bold brave bright calm clear cosy deep early fair fresh gentle golden green happy kind late light lively lucky mellow merry mild noble open proud quick quiet silver sunny tidy warm".split(" "); // prettier-ignore
const NOUNS = "alder bay beach birch bridge brook cedar cliff cloud coast comet dune field fjord garden glade harbour hill island lagoon lake lantern maple meadow moon orchard pine river shore star valley willow".split(" "); // prettier-ignore

/** No vowels, so that no words appear, and no characters that look like others. */
const SECRET_CHARACTERS = "bcdfghjkmnpqrstvwxz23456789";
const SECRET_LENGTH = 8; // 48 bits together with the words

/** Returns a name such as `calm-harbour-k7f2mqtx`. */
export function randomRoomName(draw: (below: number) => number = drawFairly): string {
  const one = (from: ArrayLike<string>): string => from[draw(from.length)] ?? "";
  const secret = Array.from({ length: SECRET_LENGTH }, () => one(SECRET_CHARACTERS)).join("");
  return [one(ADJECTIVES), one(NOUNS), secret].join("-");
}

function drawFairly(below: number): number {
  const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1));
  return drawn % below; // the bias is negligible, because 2^32 is far larger than any of these
}
