// Skeletons of names: names with equal skeletons look alike (Unicode Technical Standard 39).
//
// The full table of the standard has some 6,000 entries; normal form KC and the letters below
// cover those used to forge people's names. Two names with equal skeletons that don't look
// alike do no harm: one gets a mark that it doesn't need.

/**
 * Pairs of a letter and the Latin letter that it resembles: Cyrillic, Greek, Armenian,
 * Cherokee, Latin.
 */
const CONFUSABLE_PAIRS =
  "АAВBЕEЗ3ІIЈJКKМMНHОOРPСCТTУYХXЅSԌGԚQԜWҮYҺHӀl" +
  "аaвbгrдdеeз3иuіiјjкkмmнhоoпnрpсcтtуyхxьbѕsґrѵvһhүyӏlԁdԍgԛqԝwшw" +
  "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXϹCϺMϳj" +
  "αaβbγyεeηnιiκkνvοoρpςoσoτtυuχxωwϲcϱpϵe" +
  "ՕOՍUՏSԼLհhոnսuօoգqզqցgյjքp" +
  "ᎪAᏴBᏟCᎠDᎬEᏀGᎻHᎥiᎫJᏦKᏞLᎷMᏢPᎡRᏒRᏚSᎢTᏙVᎳWᎩYᏃZ" +
  "ɑaɓbƅbƈcɗdɖdđdĐDɛeƒfɡgɠgħhĦHɦhɩiɪiıiłlŁLƚlɫlɱmɲnŋnɴnøoØOɵoɔcʀrɾrʂsꜱsŧtŦTƭtƫtʋvʌvʏyƴyʐzƶz" +
  "ᴀaʙbᴄcᴅdᴇeɢgʜhᴊjᴋkʟlᴍmᴏoᴘpᴛtᴜuᴠvᴡwᴢz";

const LATIN: ReadonlyMap<string, string> = new Map(
  Array.from({ length: CONFUSABLE_PAIRS.length / 2 }, (_, index) => [
    CONFUSABLE_PAIRS.charAt(2 * index),
    CONFUSABLE_PAIRS.charAt(2 * index + 1),
  ]),
);

/** Marks, invisible characters, spaces and punctuation. */
const IGNORED = /[\p{M}\p{Default_Ignorable_Code_Point}\p{Z}\p{Cc}\p{Cf}\p{P}]/gu;

const NOT_ASCII = /[^\p{ASCII}]/gu;

/** Characters that few typefaces distinguish once case is folded: I, l and 1. */
const STROKES = /[l1|]/g;

/** The two forms by which names are compared: names that share one of them look alike. */
export interface Likeness {
  /** The letters without case, width and marks. */
  readonly letters: string;
  /** The letters replaced by Latin ones of the same shape. */
  readonly skeleton: string;
}

/** Returns the forms by which a name is compared. */
export function likenessOf(name: string): Likeness {
  const wide = name.normalize("NFKC").normalize("NFKD");
  const bare = wide.replace(IGNORED, "") || wide;
  const skeleton = inLatin(folded(inLatin(bare)))
    .replace(STROKES, "i")
    .replaceAll("0", "o")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w");
  return { letters: folded(bare), skeleton };
}

/** Folds case in both directions: ß becomes SS, and there are two small sigmas. */
const folded = (text: string): string => text.toUpperCase().toLowerCase().replaceAll("ς", "σ");

const inLatin = (text: string): string =>
  text.replace(NOT_ASCII, (letter) => LATIN.get(letter) ?? letter);
