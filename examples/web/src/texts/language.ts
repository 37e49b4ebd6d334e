// The supported languages, and the choice among them.

/** The name of each language in that language. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof LANGUAGES;

export const isLanguage = (value: unknown): value is Language =>
  typeof value === "string" && Object.hasOwn(LANGUAGES, value);

/** Returns the chosen language, or else the first supported one that the browser prefers. */
export function languageFor(chosen: Language | null, preferred: readonly string[]): Language {
  const known = preferred.map((tag) => tag.toLowerCase().split("-")[0]).find(isLanguage);
  return chosen ?? known ?? "en";
}
