/* The codes to choose from: a combobox whose list narrows as one types. */

const palette = document.getElementById("palette");
const input = document.getElementById("palette-input");
const list = document.getElementById("palette-list");
const count = document.getElementById("palette-count");
const words = document.getElementById("palette-words");

let asked = null; // { done, closed }: what to do with a choice, and without one
let active = null;

export const paletteIsOpen = () => Boolean(palette && !palette.hidden);

/** Show the codes for a passage. `done` gets the dataset of the chosen one, `closed` is called where none was. */
export function openPalette({ passage, done, closed }) {
  asked = { done, closed };
  palette.hidden = false;
  palette.setAttribute("aria-label", `Choose a code for “${passage}”`);
  words.textContent = `“${passage}”`;
  input.value = "";
  narrow();
  input.focus();
}

/** Put the codes away, without a choice. */
export function closePalette() {
  if (!paletteIsOpen()) return;
  const { closed } = asked;
  palette.hidden = true;
  asked = null;
  closed();
}

/** Take over the codes that an answer holds, in the list, under the number keys and for the fields that suggest them. */
export function renewCodes(answer) {
  for (const id of ["palette-list", "selection-codes", "codes"]) {
    const now = answer.querySelector(`#${id}`);
    if (now) document.getElementById(id).replaceChildren(...document.importNode(now, true).childNodes);
  }
  if (paletteIsOpen()) narrow();
}

function shown() {
  return [...list.querySelectorAll("[role=option]:not([hidden])")];
}

/** Show the codes that have every typed word in their path; offer a new one where none has just this name. */
function narrow() {
  const typed = input.value.trim().replace(/\s+/g, " ");
  const wanted = typed.toLocaleLowerCase().split(" ");
  let exact = false;
  for (const option of list.querySelectorAll("[data-code]")) {
    const path = option.dataset.path.toLocaleLowerCase();
    option.hidden = !wanted.every((word) => path.includes(word));
    exact ||= option.dataset.name.toLocaleLowerCase() === typed.toLocaleLowerCase();
  }
  const fresh = document.getElementById("option-new");
  fresh.hidden = !typed || exact || typed.length > 120;
  fresh.textContent = `Add a new code “${typed}”`;
  fresh.dataset.fresh = typed;
  const found = list.querySelectorAll("[data-code]:not([hidden])").length;
  count.textContent = found ? `${found} code${found === 1 ? "" : "s"}` : "No code has this in its name.";
  // A name that begins as typed comes before one that only holds it.
  const begins = shown().find((one) => one.dataset.name?.toLocaleLowerCase().startsWith(typed.toLocaleLowerCase()));
  activate(begins ?? shown()[0] ?? null);
}

function activate(option) {
  active?.setAttribute("aria-selected", "false");
  active = option;
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function take(option) {
  if (!option) return;
  const { done, closed } = asked;
  palette.hidden = true;
  asked = null;
  closed();
  done({ ...option.dataset });
}

function onKey(event) {
  const options = shown();
  const at = options.indexOf(active);
  if (event.key === "ArrowDown") activate(options[(at + 1) % options.length] ?? null);
  else if (event.key === "ArrowUp") activate(options.at(at <= 0 ? -1 : at - 1) ?? null);
  else if (event.key === "Enter") take(active);
  else if (/^[1-9]$/.test(event.key) && !input.value) {
    const key = document.querySelector(`#selection-bar [data-key="${event.key}"]`);
    if (!key) return;
    take(list.querySelector(`[data-code="${key.dataset.code}"]`));
  } else return;
  event.preventDefault();
}

if (palette) {
  input.addEventListener("input", narrow);
  input.addEventListener("keydown", onKey);
  palette.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      closePalette();
    }
    if (event.key === "Tab") {
      // Focus stays in the dialog: the field and its two ways out.
      const stops = [input, palette.querySelector("[data-act=close]")];
      event.preventDefault();
      stops[(stops.indexOf(document.activeElement) + 1) % stops.length].focus();
    }
  });
  palette.addEventListener("click", (event) => {
    if (event.target.closest("[data-act=close]")) return closePalette();
    take(event.target.closest("[role=option]"));
  });
}
