// Who has no picture: the first letters of the name, in a colour of its own.

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

/** An accent or the parts of an emoji belong to their letter. */
const firstLetterOf = (word = ""): string => [...letters.segment(word)][0]?.segment ?? "";

/** An id is drawn at random: its first digits are as good as any. */
const hueOf = (id: string): number => Number.parseInt(id.slice(0, 4), 16) % HUES;

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map(firstLetterOf).join("").toUpperCase();
}
