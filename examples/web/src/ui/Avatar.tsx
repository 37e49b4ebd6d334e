// The placeholder for a missing video: a member's initials on a colour.

interface AvatarProps {
  readonly id: string;
  readonly name: string;
}

export function Avatar({ id, name }: AvatarProps) {
  return (
    <span className="avatar" data-hue={hueOf(id)} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

const HUES = 8;

const letters = new Intl.Segmenter();

/** A letter includes its accents; an emoji includes all its parts. */
const firstLetterOf = (word = ""): string => [...letters.segment(word)][0]?.segment ?? "";

/** Ids are random, so their first digits select a colour evenly. */
const hueOf = (id: string): number => Number.parseInt(id.slice(0, 4), 16) % HUES;

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map(firstLetterOf).join("").toUpperCase();
}
