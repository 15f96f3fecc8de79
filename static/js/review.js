/* Saves an answer while it is written. The form works without it: "Save and continue" is the same POST. */

import { drafts } from "./drafts.js";
import { onceReleased, released } from "./press.js";

const PAUSE = 1500; // ms of quiet after a key before a save
const RETRY = 5000; // ms between tries while the server cannot be reached

const form = document.querySelector("form[data-autosave]");
const state = document.querySelector("[data-save-state]");
const key = form?.dataset.key;
const held = form?.dataset.autosave === "held"; // begun from somebody's view: saved only when the person says so

let timer = null;
let sending = false;
let submitted = false;
let lastSent = null; // what was sent under the present name of the save
let stored = form && contentOf({ asSent: true }); // what the server is known to hold

/**
 * What the person wrote, as one string to compare and keep. A view has no evidence and no priority.
 * `asSent`: as the page came from the server, whatever was typed before this script ran or a browser put back.
 */
function contentOf({ asSent = false } = {}) {
  const level = [...form.elements.level].find((radio) => (asSent ? radio.defaultChecked : radio.checked));
  const text = (name) => form.elements[name]?.[asSent ? "defaultValue" : "value"] ?? "";
  const tick = (name) => (form.elements[name]?.[asSent ? "defaultChecked" : "checked"] ? "on" : "");
  return JSON.stringify([level?.value ?? "", text("text"), tick("is_priority"), tick("is_complete"), text("evidence")]);
}

/** Tell how the save stands; one line or four, above the buttons, which is why it waits while one is pressed. */
function say(text, waiting = false, ...more) {
  onceReleased(() => {
    state.replaceChildren(text, ...more);
    state.classList.toggle("save-state--waiting", waiting);
  });
}

/** Keep what is not saved yet in this browser, with the version that it was begun from. */
function keep() {
  drafts.keep(key, {
    content: contentOf(),
    base: form.elements.base.value,
    save: form.elements.save_id.value,
    road: location.pathname,
    title: form.dataset.title,
  });
}

function schedule(wait = PAUSE) {
  clearTimeout(timer);
  if (!held && !submitted) timer = setTimeout(save, wait);
}

/** A save has one name however often it is sent, and another name as soon as it says anything else. */
function name() {
  const content = contentOf();
  if (lastSent !== null && lastSent !== content) form.elements.save_id.value = uuid();
  lastSent = content;
}

/** A random UUID, also where the page came over plain HTTP. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function send(options = {}) {
  name();
  return fetch(form.action || location.href, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
    redirect: "error",
    ...options,
  });
}

async function save() {
  if (sending) return schedule();
  const content = contentOf();
  if (content === stored) return;
  sending = true;
  keep();
  say("Saving…");
  let response = null;
  try {
    response = await send();
  } catch {
    /* no answer at all */
  }
  try {
    if (response === null || response.status >= 500 || response.status === 429) wait();
    else await settle(response, content);
  } finally {
    sending = false;
  }
}

function wait() {
  say("No connection. Your text is kept in this browser and will be sent when the connection is back.", true);
  schedule(RETRY);
}

async function settle(response, content) {
  if (response.ok) {
    const answer = await response.json();
    // It may unfold what stands above the buttons. What is sent before then goes on from the version that is shown.
    if (answer.stands) await released();
    return saved(answer, content);
  }
  if (response.status === 409) {
    const answer = await response.json();
    if (answer.reason) return say(`Not saved. ${answer.reason} Your text is kept in this browser; copy it from here.`, true);
    return say(`${answer.by} saved another answer meanwhile. Yours is kept: choose “Save and continue” to see both.`, true);
  }
  if (response.status === 400) {
    const { errors } = await response.json();
    return say(`Not saved. ${Object.values(errors).flat().join(" ")} What you wrote is kept in this browser.`, true);
  }
  const link = document.createElement("a");
  link.href = form.dataset.wayIn;
  link.textContent = "Open your private link or sign in, then come back to this question.";
  say("Not saved: this browser is no longer let in here. Your text is kept in it. ", true, link);
}

function saved(answer, content) {
  form.elements.base.value = answer.version;
  stored = content;
  if (answer.stands) {
    // What changed on another page meanwhile is shown here too, but for fields that were written in since this was sent:
    // the next save goes on from all of it.
    const [now, sent, stands] = [JSON.parse(contentOf()), JSON.parse(content), listOf(answer.stands)];
    fill(now.map((one, place) => (one === sent[place] ? stands[place] : one)));
    stored = JSON.stringify(stands);
  }
  if (contentOf() === stored) drafts.forget(key);
  else schedule();
  say(answer.stands ? `Saved at ${answer.saved_at}, together with what changed elsewhere` : `Saved at ${answer.saved_at}`);
}

/** What the site says that stands, in the order of `contentOf`. A field shows one kind of line end. */
function listOf({ level, text, is_priority: priority, is_complete: complete, evidence = "" }) {
  const lines = (value) => value.replace(/\r\n?/g, "\n");
  return [level, lines(text), priority ? "on" : "", complete ? "on" : "", lines(evidence)];
}

/** Put content into the form, in the order of `contentOf`. */
function fill([level, text, priority, complete, evidence]) {
  for (const radio of form.elements.level) radio.checked = radio.value === level;
  form.elements.text.value = text;
  form.elements.is_complete.checked = Boolean(complete);
  if (form.elements.is_priority) form.elements.is_priority.checked = Boolean(priority);
  if (form.elements.evidence) {
    form.elements.evidence.value = evidence;
    form.elements.evidence.closest("details").open ||= Boolean(evidence);
  }
  count();
}

/** Put a kept text back into the form, to be sent from the version it was begun from. */
function bringBack(kept) {
  fill(JSON.parse(kept.content));
}

/** What an earlier visit could not send: back at once, or on request where the answer was saved since. */
function recover() {
  const kept = drafts.of(key);
  if (!kept) return;
  if (kept.content === stored) return drafts.forget(key);
  if (!held && Number(kept.base) >= Number(form.elements.base.value)) {
    bringBack(kept);
    say("Your text from before is back, and is being sent.", true);
    return schedule(0);
  }
  say(
    "This browser still holds a text of yours that was not saved. The answer has been saved since. ",
    true,
    button("Show my text", () => {
      bringBack(kept);
      say("Your text is back in the form. Save it, or change it first.", true);
    }),
    button("Forget it", () => {
      drafts.forget(key);
      say("Forgotten.");
    }),
  );
}

function button(label, act) {
  const one = document.createElement("button");
  one.type = "button";
  one.className = "button button--quiet button--small";
  one.textContent = label;
  one.addEventListener("click", act);
  return one;
}

function count() {
  const place = document.getElementById("text-count");
  const limit = Number(place.dataset.limit);
  const left = limit - form.elements.text.value.length;
  const said = `${Math.abs(left).toLocaleString("en-GB")} character${Math.abs(left) === 1 ? "" : "s"}`;
  if (left < 0) place.textContent = `${said} too many`;
  else place.textContent = left <= 1000 ? `${said} left` : "";
}

if (form) {
  form.addEventListener("input", () => {
    count();
    keep();
    say(held ? "Not saved. It is saved when you choose one of the buttons below." : "Not saved yet");
    schedule();
  });
  form.addEventListener("change", () => schedule(0));
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    name();
    keep(); // until the page that follows proves that the server has it
    submitted = true;
  });
  window.addEventListener("pageshow", () => (submitted = false));
  window.addEventListener("online", () => schedule(0));
  window.addEventListener("beforeunload", (event) => {
    if (held && !submitted && contentOf() !== stored) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !held && !submitted && !sending && contentOf() !== stored) {
      keep();
      send({ keepalive: true }).catch(() => {});
    }
  });
  recover();
  count();
  if (contentOf() !== stored) schedule();
}

/* On the page of a conflict the server has shown both texts: whichever is chosen, the draft is no longer needed. */
for (const choice of document.querySelectorAll("a[data-forget]")) {
  choice.addEventListener("click", () => drafts.forget(choice.dataset.forget));
}
