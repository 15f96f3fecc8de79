/* Places in a text. A browser counts UTF-16 units; the site counts Unicode code points. */

/** How many code points stand before a place given in UTF-16 units. */
export function codePoints(text, units) {
  let count = 0;
  for (let at = 0; at < units; at += text.codePointAt(at) > 0xffff ? 2 : 1) count += 1;
  return count;
}

function segments(text, granularity) {
  if (!("Segmenter" in Intl)) return null;
  return [...new Intl.Segmenter("en-GB", { granularity }).segment(text)];
}

const spans = (found) => found.map((one) => [one.index, one.index + one.segment.length]);

/** What people take for one character: a letter with its marks, an emoji of several parts. */
export function graphemes(text) {
  const found = segments(text, "grapheme");
  return found ? spans(found) : [...text.matchAll(/./gsu)].map((one) => [one.index, one.index + one[0].length]);
}

/** The words of a text, without the blanks and signs between them. */
export function words(text) {
  const found = segments(text, "word");
  const worded = found ? spans(found.filter((one) => one.isWordLike)) : [];
  return worded.length ? worded : [...text.matchAll(/\S+/gu)].map((one) => [one.index, one.index + one[0].length]);
}

/** The sentences of a text, without the blanks after them. */
export function sentences(text) {
  const found = segments(text, "sentence");
  const all = found ? spans(found) : [[0, text.length]];
  return all
    .map(([start, end]) => [start, start + text.slice(start, end).trimEnd().length])
    .filter(([start, end]) => end > start);
}

/** A passage grown to whole words, where it begins or ends within one. */
export function wholeWords(text, start, end) {
  for (const [from, to] of words(text)) {
    if (from < start && start < to) start = from;
    if (from < end && end < to) end = to;
    if (from >= end) break;
  }
  return [start, end];
}

/** A passage made whole: no blanks at its ends, and no character cut in two. */
export function snap(text, start, end) {
  if (start > end) [start, end] = [end, start];
  while (start < end && /\s/u.test(text[start])) start += 1;
  while (end > start && /\s/u.test(text[end - 1])) end -= 1;
  if (start === end) return [start, end];
  for (const [from, to] of graphemes(text)) {
    if (from < start && start < to) start = from;
    if (from < end && end < to) end = to;
    if (from >= end) break;
  }
  return [start, end];
}
