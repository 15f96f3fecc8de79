/* Codes passages of quotes by mouse, touch and keyboard. Every road it takes is a form that works without it. */

import { announce } from "./announce.js";
import { codePoints, graphemes, sentences, snap, wholeWords, words } from "./offsets.js";
import { onMarginKey, stopAt } from "./margin.js";
import { closePalette, openPalette, paletteIsOpen, renewCodes } from "./palette.js";
import { articleOf, placeAt, rangeOf, short, textOf, unitsTo } from "./passage.js";
import { onceReleased, released } from "./press.js";

const bench = document.querySelector("[data-bench]");
const road = bench?.dataset.bench;
const bar = document.getElementById("selection-bar");
const state = document.getElementById("bench-state");
const exact = document.getElementById("exact");

let chosen = null; // { article, start, end }: the selected passage, in UTF-16 units of the quote's text
let last = null; // { quote, start, end }: the place that was selected or clicked last, from which the keys go on
let pointing = false; // the selection is being made by mouse or touch
let held = false; // the mouse is still held down: nothing may come between it and the text
let altHeld = false; // while the selection is made: exact characters are wanted
let made = null; // { start, end }: what was selected by mouse or touch, before it grew to whole words
let anchor = 0; // where the selection began, so that Shift extends from there
let failed = []; // what could not be sent, to be tried again
let waiting = 0; // saves that the site has not answered yet
let going = false; // on to another page, as the site says
let sending = Promise.resolve(); // saves go one after another

/* ── The passage ─────────────────────────────────────────────────────────────────────────────── */

/** Select a passage, in the browser's own way, so that everyone sees the same; it is not grown to whole words again. */
function select(article, start, end, backwards = false) {
  const text = textOf(article);
  const [from, to] = backwards ? [end, start] : [start, end];
  pointing = false;
  getSelection().setBaseAndExtent(...placeAt(text, from), ...placeAt(text, to));
  take(article, start, end);
  keepInSight(rangeOf(article, start, end), bar);
}

/** Scroll where a passage lies under what stands at the foot of the window, or above the window. */
function keepInSight(range, foot) {
  const rect = range.getBoundingClientRect();
  const free = innerHeight - foot.offsetHeight;
  if (rect.bottom > free - 20 || rect.top < 80) {
    scrollBy({ top: rect.top - Math.max(80, free / 3), behavior: "instant" });
  }
}

/** Remember the selected passage, and show what it can become. */
function take(article, start, end) {
  chosen = { article, start, end };
  last = { quote: article.dataset.quote, start, end };
  const said = textOf(article).textContent.slice(start, end);
  document.getElementById("selection-words").textContent = `“${short(said)}”`;
  bar.hidden = held || paletteIsOpen();
  document.body.classList.add("bench--selecting");
}

function leave() {
  chosen = made = null;
  bar.hidden = true;
  document.body.classList.remove("bench--selecting");
}

/** The codes that lie on a passage, for the ear. */
function codesOn(article, start, end) {
  const names = new Set();
  for (const run of textOf(article).querySelectorAll(".run")) {
    const from = unitsTo(textOf(article), run, 0);
    if (from < end && from + run.textContent.length > start) {
      names.add(article.querySelector(`.margin__item[data-mark="${run.dataset.mark}"] strong`)?.textContent);
    }
  }
  return names.size ? `, coded ${[...names].join(", ")}` : "";
}

/* ── Mouse and touch ─────────────────────────────────────────────────────────────────────────── */

/** A selection that somebody made becomes the passage, cut to one quote and to whole characters. False where it is none. */
function fromBrowser() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return false;
  const range = selection.getRangeAt(0);
  const article = articleOf(range.startContainer) ?? articleOf(range.endContainer);
  const text = article && bench.contains(article) && textOf(article);
  if (!text || !range.intersectsNode(text)) return false;
  const whole = text.textContent;
  let [start, end] = snap(
    whole,
    unitsTo(text, range.startContainer, range.startOffset) ?? 0,
    unitsTo(text, range.endContainer, range.endOffset) ?? whole.length,
  );
  if (end <= start) return false;
  if (pointing) {
    made = { start, end };
    if (!altHeld && !exact.checked) [start, end] = wholeWords(whole, start, end);
    anchor = start;
  }
  take(article, start, end);
  return true;
}

/** Show the words that a mouse has selected, as far as they were grown. A finger still holds the ends of its selection. */
function onPointerUp(event) {
  if (!held) return;
  [held, altHeld] = [false, event.altKey];
  setTimeout(() => {
    if (paletteIsOpen() || getSelection().isCollapsed) return;
    if (fromBrowser()) select(chosen.article, chosen.start, chosen.end);
    else leave();
  });
}

/** A click into a passage shows its codings in the margin. */
function showCodings(article, marks) {
  for (const one of article.querySelectorAll(".margin__item--on, .run--on")) {
    one.classList.remove("margin__item--on", "run--on");
  }
  for (const mark of marks) {
    for (const one of article.querySelectorAll(`[data-mark="${mark}"]`)) {
      one.classList.add(one.matches("li") ? "margin__item--on" : "run--on");
    }
  }
}

function onClick(event) {
  const act = event.target.closest("[data-act]")?.dataset.act;
  if (act === "palette") return choose();
  if (act === "clear") return putAway();
  if (act === "code") return code(event.target.closest("[data-act]").dataset);
  const skip = event.target.closest("a[data-skip]");
  if (skip) {
    event.preventDefault();
    return goOn(articleOf(skip), 1);
  }
  const opener = event.target.closest("a[data-open]");
  if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    return openMemo(opener);
  }
  const article = articleOf(event.target);
  if (article && event.target.closest("[data-text]") && getSelection().isCollapsed) {
    const marks = [];
    for (let run = event.target.closest(".run"); run; run = run.parentElement.closest(".run")) marks.push(run.dataset.mark);
    showCodings(article, marks);
    const item = article.querySelector(".margin__item--on");
    if (item) item.parentElement.scrollTop = item.offsetTop - item.parentElement.offsetTop;
    const at = unitsTo(textOf(article), getSelection().anchorNode, getSelection().anchorOffset);
    if (at !== null) last = { quote: article.dataset.quote, start: at, end: at };
  }
  if (chosen && getSelection().isCollapsed && !event.target.closest("#selection-bar, #palette, [data-save]")) leave();
}

/* ── Keyboard ────────────────────────────────────────────────────────────────────────────────── */

/** The next or previous stretch beside a place; the last one again at the end. */
function beside(stretches, start, end, forwards) {
  return forwards
    ? (stretches.find(([from]) => from >= end) ?? stretches.at(-1))
    : (stretches.findLast(([, to]) => to <= start) ?? stretches[0]);
}

function move(article, key, event) {
  const text = textOf(article).textContent;
  const forwards = key === "ArrowRight" || key === "ArrowDown" || key === "End";
  const stretches = event.altKey
    ? graphemes(text)
    : key === "ArrowUp" || key === "ArrowDown"
      ? sentences(text)
      : words(text);
  if (!stretches.length) return;
  const here = chosen?.article === article ? chosen : last?.quote === article.dataset.quote ? last : null;
  if (!here) {
    const [start, end] = forwards && key !== "End" ? stretches[0] : key === "Home" ? stretches[0] : stretches.at(-1);
    anchor = start;
    return show(article, start, end);
  }
  const jump = key === "Home" ? stretches[0] : key === "End" ? stretches.at(-1) : null;
  if (!event.shiftKey) {
    const [start, end] = jump ?? beside(stretches, here.start, here.end, forwards);
    anchor = start;
    return show(article, start, end);
  }
  if (!chosen) anchor = here.start;
  extend(article, here, stretches, jump, forwards);
}

/** Let the end of the selection that moves go on by a stretch; the word that it began with stays in it. */
function extend(article, here, stretches, jump, forwards) {
  const first = words(textOf(article).textContent).find(([from, to]) => from <= anchor && anchor < to) ?? [anchor, anchor];
  const headFirst = here.start < first[0];
  let { start, end } = here;
  if (jump) {
    [start, end] = forwards ? [first[0], jump[1]] : [jump[0], first[1]];
  } else if (forwards && headFirst) {
    start = Math.min(stretches.find(([from]) => from > start)?.[0] ?? first[0], first[0]);
  } else if (forwards) {
    end = stretches.find(([, to]) => to > end)?.[1] ?? end;
  } else if (!headFirst && end > first[1]) {
    end = Math.max(stretches.findLast(([, to]) => to < end)?.[1] ?? first[1], first[1]);
  } else {
    start = stretches.findLast(([from]) => from < start)?.[0] ?? start;
  }
  show(article, start, end, start < first[0]);
}

function show(article, start, end, backwards = false) {
  made = null;
  select(article, start, end, backwards);
  announce(`${short(textOf(article).textContent.slice(start, end))}${codesOn(article, start, end)}`);
}

/** Go to the text of the next or previous quote of the page. */
function goOn(article, step) {
  const all = [...bench.querySelectorAll("[data-quote]")];
  const next = all[all.indexOf(article) + step];
  if (!next) return announce(`This is the ${step > 0 ? "last" : "first"} quote on this page.`);
  next.scrollIntoView({ block: "start", behavior: "instant" });
  textOf(next).focus({ preventScroll: true });
}

/** One letter, inside a quote: to the next or previous one, or, in its text, done with it. True where it was such a letter. */
function onLetter(letter, article) {
  if (letter === "n" || letter === "p") goOn(article, letter === "n" ? 1 : -1);
  else if (letter === "d" && document.activeElement === textOf(article)) document.getElementById(`done-${article.dataset.quote}`)?.click();
  else return false;
  return true;
}

const KEYS = new Set(["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"]);

function onKey(event) {
  const isField = event.target.closest("input, textarea, select");
  if ((event.ctrlKey || event.metaKey) && !event.altKey && /^[zy]$/i.test(event.key) && !isField) {
    event.preventDefault();
    const verb = event.key.toLowerCase() === "y" || event.shiftKey ? "redo" : "undo";
    return document.querySelector(`form[data-save="${verb}"] button:not([disabled])`)?.click();
  }
  if (event.key === "Escape" && chosen && !isField) return putAway();
  const article = articleOf(event.target);
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (article && !isField && isPlain && onLetter(event.key.toLowerCase(), article)) return event.preventDefault();
  const text = event.target.closest("[data-text]");
  if (!text && isPlain) return onMarginKey(event);
  if (!text || event.metaKey) return;
  if (event.ctrlKey) {
    if (event.key.toLowerCase() !== "a" || event.altKey) return;
    event.preventDefault();
    anchor = 0;
    return show(article, 0, text.textContent.length);
  }
  if (KEYS.has(event.key)) {
    event.preventDefault();
    move(article, event.key, event);
  } else if (event.key === "Enter" && chosen?.article === article) {
    event.preventDefault();
    choose();
  } else if (/^[1-9]$/.test(event.key) && chosen?.article === article && !event.altKey) {
    event.preventDefault();
    const key = bar.querySelector(`[data-key="${event.key}"]`);
    if (key) code(key.dataset);
    else announce(`No code has the number ${event.key}.`);
  }
}

function putAway() {
  const article = chosen?.article;
  leave();
  getSelection().removeAllRanges();
  if (article) textOf(article).focus({ preventScroll: true });
  announce("Selection put away. The arrow keys go on from here.");
}

/* ── Codes ───────────────────────────────────────────────────────────────────────────────────── */

function choose() {
  if (!chosen) return;
  const { article, start, end } = chosen;
  const range = rangeOf(article, start, end);
  bar.hidden = true;
  openPalette({
    passage: short(textOf(article).textContent.slice(start, end)),
    done: code,
    closed: () => {
      CSS.highlights?.delete("passage");
      textOf(article).focus({ preventScroll: true });
      select(article, start, end);
    },
  });
  // The field of the codes has the focus, and with it the browser's only selection.
  CSS.highlights?.set("passage", new Highlight(range));
  keepInSight(range, document.getElementById("palette"));
}

/** Code the selected passage: `code` is a GUID, or `fresh` the name of a new code. */
function code({ code: guid, name, fresh }) {
  if (!chosen) return;
  const { article, start, end } = chosen;
  const text = textOf(article).textContent;
  const body = new FormData();
  body.set("start", codePoints(text, start));
  body.set("end", codePoints(text, end));
  body.set(fresh ? "new_name" : "code", fresh ?? guid);
  const what = `“${short(text.slice(start, end))}” as ${fresh ?? name}`;
  send({ url: `${road}quotes/${article.dataset.quote}/code/`, body, what, selection: { start, end } });
}

/* ── Saving ──────────────────────────────────────────────────────────────────────────────────── */

function token() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="));
  return cookie?.split("=")[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

function tell(words, waiting = false, ...more) {
  onceReleased(() => {
    state.replaceChildren(words, ...more);
    state.classList.toggle("save-state--waiting", waiting);
  });
}

/** Send a save ({ url, body, what, form or selection }) after those before it; nothing is shown as saved before the site says so. */
function send(save) {
  waiting += 1;
  sending = sending
    .then(() => post(save))
    .finally(() => (waiting -= 1))
    .then((answer) => showAnswer(answer, save))
    .catch((error) => console.error(error));
  return sending;
}

function go(address) {
  going = true;
  location.assign(address);
}

/** Its answer, where the site took it or says what is wrong with it. */
async function post(save) {
  tell(`Saving ${save.what} …`);
  save.body.delete("csrfmiddlewaretoken"); // the cookie is newer, where somebody signed in again meanwhile
  let response;
  try {
    response = await fetch(save.url, {
      method: "POST",
      body: save.body,
      headers: { "HX-Request": "true", "X-CSRFToken": token(), "X-Codebook-Revision": bench.dataset.revision },
    });
  } catch {
    return keepFailed(save, "There is no connection.");
  }
  const elsewhere = response.headers.get("HX-Redirect");
  if (elsewhere) return go(elsewhere);
  if (response.redirected) return keepFailed(save, "You are signed out. Sign in again in another tab, then come back.");
  if (!response.ok && response.status !== 400) return keepFailed(save, reason(response.status));
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  const answer = parsed.querySelector("[data-answer]");
  if (!answer) return keepFailed(save, "The site answered something unexpected.");
  failed = failed.filter((one) => one !== save);
  return answer;
}

/** Show what a save was answered, if it was. It puts the quote anew: a button of it that is pressed would be gone. */
async function showAnswer(answer, save) {
  if (!answer) return;
  await released();
  settle(answer, save);
  if (failed.length) tellFailed("");
}

function reason(status) {
  if (status === 403) return "You may not do this here, or you are signed out. Load the page again.";
  if (status === 404) return "It is not there any more. Load the page again.";
  return "The site could not do it.";
}

function keepFailed(save, why) {
  if (!failed.includes(save)) failed.push(save);
  tellFailed(why);
  announce(`Not saved. ${why}`);
}

function tellFailed(why) {
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button button--small";
  again.textContent = "Try again";
  again.addEventListener("click", tryAgain);
  tell(`Not saved: ${failed.map((one) => one.what).join("; ")}. ${why} `, true, again);
}

/** Send all that could not be sent, in its order. A save that had arrived after all changes nothing. */
function tryAgain() {
  for (const save of failed) send(save);
}

/** Put the quote as the site has it in its place; keep folds, focus and what is typed elsewhere in it. */
function settle(answer, save) {
  const focus = document.activeElement?.id;
  const inText = document.activeElement?.closest?.("[data-text]");
  const bars = answer.querySelector("#undo-bar");
  if (bars) document.getElementById("undo-bar").replaceWith(bars);
  const done = answer.querySelector("#bench-done");
  if (done) document.getElementById("bench-done")?.replaceWith(done);
  if (answer.dataset.revision) {
    bench.dataset.revision = answer.dataset.revision;
    renewCodes(answer);
  }
  // What stands there by now was told with the fault: who saves again has seen it.
  const seen = save.form?.elements.seen;
  if (seen && answer.dataset.seen) seen.value = answer.dataset.seen;
  const fresh = answer.querySelector("[data-quote]");
  const old = fresh && document.getElementById(fresh.id);
  if (fresh && !old) return go(fresh.dataset.road);
  if (old) {
    const article = document.importNode(fresh, true);
    keepTyped(old, article, save, answer.dataset.fault);
    const skip = old.querySelector(".bench-quote__skip");
    if (skip) article.querySelector(".bench-quote__head").after(skip);
    old.replaceWith(article);
    enhance(article);
    // A refused passage stays selected, so that another code can be tried.
    if (save.selection && answer.dataset.fault) select(article, save.selection.start, save.selection.end);
    else if (save.selection) placeCaret(article, save.selection);
    else if (chosen && chosen.article === old) leave();
    if (inText || save.selection) textOf(article).focus({ preventScroll: true });
    else if (focus && !document.getElementById(focus)) textOf(article).focus({ preventScroll: true });
    else if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    if (document.activeElement === document.body) textOf(article).focus({ preventScroll: true });
  }
  const said = answer.dataset.fault ? `Not saved. ${answer.dataset.fault}` : answer.dataset.said;
  tell(said, Boolean(answer.dataset.fault));
}

/** After a save the passage stays chosen for the next code, without covering the page. */
function placeCaret(article, { start, end }) {
  select(article, start, end);
}

function keepTyped(old, fresh, save, fault) {
  for (const fold of old.querySelectorAll("details[id][open]")) {
    const same = fresh.querySelector(`#${CSS.escape(fold.id)}`);
    if (same) same.open = true;
  }
  for (const form of old.querySelectorAll(".memo-form")) {
    const item = fresh.querySelector(`#${CSS.escape(form.closest("li").id)}`);
    if (item && (fault || form !== save.form)) item.append(form);
  }
  for (const field of old.querySelectorAll("textarea[id], input[type=text][id]")) {
    const same = fresh.querySelector(`#${CSS.escape(field.id)}`);
    const was = field.form === save.form && !fault;
    if (!same || same === field || was || field.value === field.defaultValue) continue;
    same.value = field.value;
    if (field.form.elements.seen) same.form.elements.seen.value = field.form.elements.seen.value;
  }
}

async function openMemo(link) {
  const item = link.closest("li");
  const there = item.querySelector(".memo-form");
  if (there) return there.querySelector("textarea").focus();
  try {
    const response = await fetch(link.href, { headers: { "HX-Request": "true" } });
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    const form = parsed.querySelector(".memo-form");
    if (!response.ok || !form) return location.assign(link.href);
    item.append(document.importNode(form, true));
    item.querySelector("textarea").focus();
  } catch {
    tell("There is no connection: the memo cannot be opened now.", true);
  }
}

function onSubmit(event) {
  const form = event.target.closest("form[data-save]");
  if (!form) return;
  event.preventDefault();
  const button = event.submitter;
  const body = new FormData(form, button);
  const url = button?.hasAttribute("formaction") ? button.formAction : form.action;
  const what = `“${(button?.textContent ?? "").trim().replace(/\s+/g, " ")}”`;
  send({ url, body, what, form });
}

/* ── The page ────────────────────────────────────────────────────────────────────────────────── */

/** Let a quote's text be stepped into. A read-only text box hands its keys on while a screen reader reads. */
function enhance(article) {
  const text = textOf(article);
  const attributes = { role: "textbox", "aria-readonly": "true", "aria-multiline": "true", tabindex: "0" };
  for (const [name, value] of Object.entries(attributes)) text.setAttribute(name, value);
  text.setAttribute("aria-labelledby", article.querySelector(".bench-quote__head").id);
  text.setAttribute("aria-describedby", "keys-hint");
  const margin = article.querySelector("[data-margin]");
  if (!margin) return;
  margin.setAttribute("aria-describedby", "margin-hint");
  stopAt(margin, margin.querySelector(".margin__tools > :is(a, button)"));
}

function isDirty() {
  const fields = [...document.querySelectorAll("#bench textarea")];
  if (going) return false;
  return waiting > 0 || failed.length > 0 || fields.some((field) => field.value !== field.defaultValue);
}

if (bench) {
  document.getElementById("help").hidden = false;
  for (const article of bench.querySelectorAll("[data-quote]")) enhance(article);
  document.addEventListener("pointerdown", (event) => {
    if (event.target.closest?.("#palette") || bar.contains(event.target)) return;
    closePalette();
    [pointing, held, altHeld] = [true, event.pointerType === "mouse", event.altKey];
  });
  document.addEventListener("pointerup", onPointerUp);
  document.addEventListener("pointercancel", onPointerUp);
  document.addEventListener("keydown", (event) => event.key === "Alt" || (pointing = false), true);
  exact.addEventListener("change", () => {
    if (!chosen || !made) return;
    const whole = textOf(chosen.article).textContent;
    const place = exact.checked ? [made.start, made.end] : wholeWords(whole, made.start, made.end);
    select(chosen.article, ...place);
  });
  document.addEventListener("selectionchange", () => paletteIsOpen() || fromBrowser());
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", onSubmit);
  // A tap on the bar must not take the selection away.
  bar.addEventListener("pointerdown", (event) => event.preventDefault());
  bench.addEventListener("focusin", (event) => {
    const item = event.target.closest(".margin__item");
    if (item) showCodings(articleOf(item), [item.dataset.mark]);
    if (event.target.matches(".margin__tools > *")) stopAt(item.parentElement, event.target);
    // Who writes a memo needs the foot of the window, where the selection's codes would stand.
    if (event.target.matches("textarea, input[type=text]") && chosen) leave();
    if (event.target.matches("[data-text]") && chosen && chosen.article !== articleOf(event.target)) leave();
  });
  window.addEventListener("beforeunload", (event) => isDirty() && event.preventDefault());
  window.addEventListener("online", tryAgain);
}
