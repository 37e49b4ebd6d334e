// Which languages the app speaks, and which of them it speaks to this reader.

/** What each language calls itself. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof LANGUAGES;

export const isLanguage = (value: unknown): value is Language =>
  typeof value === "string" && Object.hasOwn(LANGUAGES, value);

/** Returns the language that was chosen, or else the first that the browser prefers. */
export function languageFor(chosen: Language | null, preferred: readonly string[]): Language {
  const known = preferred.map((tag) => tag.toLowerCase().split("-")[0]).find(isLanguage);
  return chosen ?? known ?? "en";
}
