/* Says something to people who use a screen reader. */

/** Put words where they are read out, politely; the same words again are read again. */
export function announce(words) {
  const place = document.getElementById("announce");
  if (!place) return;
  place.textContent = "";
  setTimeout(() => (place.textContent = words), 30);
}
