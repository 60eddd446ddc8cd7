/** The portal's language and its phrases. It is Icelandic unless the reader chooses English. */
import english from "./en.js";
import icelandic from "./is.js";

/**
 * @typedef {keyof typeof icelandic} Phrase
 * @typedef {"is" | "en"} Language
 * @typedef {(phrase: Phrase, values?: Record<string, string | number>) => string} Translate
 */

const STORAGE_KEY = "language";
const PHRASES = { is: icelandic, en: english };

/** @returns {Language} */
export function chosenLanguage() {
  return localStorage.getItem(STORAGE_KEY) === "en" ? "en" : "is";
}

/** @param {Language} language */
export function chooseLanguage(language) {
  localStorage.setItem(STORAGE_KEY, language);
}

/** @param {Language} language @returns {Translate} fills `{name}` in a phrase with the value of that name */
export function translator(language) {
  return (phrase, values = {}) =>
    PHRASES[language][phrase].replace(/\{(\w+)\}/g, (_placeholder, name) => String(values[name]));
}
