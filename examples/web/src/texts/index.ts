// What the app says, in the language of the reader.

import { en } from "./en";

export type Texts = typeof en;

/** The texts in use; a second language is another object of this type. */
export const texts: Texts = en;
