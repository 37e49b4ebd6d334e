// The app's texts, in the language of the user.

import { en } from "./en";
import type { Texts } from "./en";
import type { Language } from "./language";

/** Languages other than English are loaded on demand. */
const LOADERS: Readonly<Record<Language, () => Promise<Texts>>> = {
  en: () => Promise.resolve(en),
  de: async () => (await import("./de")).de,
};

/**
 * The texts in use. Components must read them while rendering, so that a change of the language
 * takes effect.
 */
export let texts: Texts = en;

/** Switches to a language; keeps the current one if it can't be loaded. */
export async function loadLanguage(language: Language): Promise<void> {
  try {
    texts = await LOADERS[language]();
  } catch {
    return;
  }
  document.documentElement.lang = texts.language;
}
