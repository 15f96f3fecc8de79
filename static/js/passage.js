/* Passages of the quotes of a page: where in its text a place of the document is, and back. */

export const textOf = (article) => article.querySelector("[data-text]");
export const articleOf = (node) => (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.("[data-quote]");

/** How far into a quote's text a place of the document is, in UTF-16 units; null outside it. */
export function unitsTo(text, node, offset) {
  if (!text.contains(node)) return null;
  const range = document.createRange();
  range.selectNodeContents(text);
  range.setEnd(node, offset);
  return range.toString().length;
}

/** The place of the document that stands so many UTF-16 units into a quote's text. */
export function placeAt(text, units) {
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let left = units;
  let node = walker.nextNode();
  for (let next = node; next; next = walker.nextNode()) {
    node = next;
    if (left <= node.length) return [node, left];
    left -= node.length;
  }
  return node ? [node, node.length] : [text, 0];
}

/** The passage of a quote as a range of the document. */
export function rangeOf(article, start, end) {
  const range = document.createRange();
  range.setStart(...placeAt(textOf(article), start));
  range.setEnd(...placeAt(textOf(article), end));
  return range;
}

/** A passage in a line: its first and last words. */
export function short(said) {
  const all = said.trim().split(/\s+/);
  return all.length <= 12 ? said.trim() : `${all.slice(0, 6).join(" ")} … ${all.slice(-4).join(" ")}`;
}
