// What the app says, in the language of the reader.

import { en } from "./en";
import type { Texts } from "./en";
import type { Language } from "./language";

/** Other languages than the first come when somebody wants them. */
const LOADERS: Readonly<Record<Language, () => Promise<Texts>>> = {
  en: () => Promise.resolve(en),
  de: async () => (await import("./de")).de,
};

/**
 * The texts in use. Components read them while they render: then a change of the language shows
 * as soon as the page is rendered again.
 */
export let texts: Texts = en;

/** Speaks this language from now on, or goes on in the one before where it can't be loaded. */
export async function loadLanguage(language: Language): Promise<void> {
  try {
    texts = await LOADERS[language]();
  } catch {
    return;
  }
  document.documentElement.lang = texts.language;
}
