// What is left of a name when all is taken away that eyes don't tell apart.
//
// Unicode's technical standard 39 calls that a skeleton. Its full table has some 6,000 entries;
// normal form KC and the letters below are what names of people are forged with. Names that are
// equal here and not to the eye do no harm: somebody has a mark that needs none.

/** Letters that look like one of Latin, each before that: Cyrillic, Greek, Armenian, Cherokee, Latin. */
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

/** Marks, what shows nothing, spaces and punctuation. */
const IGNORED = /[\p{M}\p{Default_Ignorable_Code_Point}\p{Z}\p{Cc}\p{Cf}\p{P}]/gu;

const NOT_ASCII = /[^\p{ASCII}]/gu;

/** What is told apart in few typefaces, once case is gone: I, l and 1. */
const STROKES = /[l1|]/g;

/** How a name looks: two that have one of these in common are taken for each other. */
export interface Likeness {
  /** The same letters, whatever their case, width and marks. */
  readonly letters: string;
  /** Other letters of the same shape. */
  readonly skeleton: string;
}

/** Returns how a name looks. */
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

/** Case is in the way twice: ß is SS, and there are two small sigmas. */
const folded = (text: string): string => text.toUpperCase().toLowerCase().replaceAll("ς", "σ");

const inLatin = (text: string): string =>
  text.replace(NOT_ASCII, (letter) => LATIN.get(letter) ?? letter);
