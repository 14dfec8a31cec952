// Every text of the browser that a person reads goes through `_`; English is the source, as in model/language.py, which
// wire/code.py asks for each of them: so a text stands as one string between double quotes.

let catalogue = /** @type {Record<string, string>} */ ({});

/** @param {Record<string, string>} texts in the language of the page, by their sources; what is missing stays English */
export function speak(texts) { catalogue = texts; }

// The text in the language of the page; `known` stands in place of {name}.
/** @param {string} text @param {Record<string, string | number>} [known] */
export function _(text, known = {}) {
  return (catalogue[text] ?? text).replace(/\{(\w+)\}/g, (place, name) => String(known[name] ?? place));
}
