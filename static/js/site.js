/* Small comforts. Everything on the site works without them. */

import { drafts } from "./drafts.js";

const announcer = () => document.getElementById("announce");

/** Say something to people who use a screen reader. */
function announce(text) {
  const place = announcer();
  if (place) place.textContent = text;
}

/* Copy: a button that says so, for what its data-copy holds. Shown only where the browser can do it. */
function revealCopyButtons(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button[data-copy][hidden]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    announce("Copied");
  } catch {
    button.textContent = "Could not copy";
    announce("Could not copy");
  }
  setTimeout(() => (button.textContent = label), 2000);
});

/* Filters in place: no empty parameters in the address, and the result is announced. */
document.addEventListener("htmx:configRequest", (event) => {
  const parameters = event.detail.parameters;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
});

/* While an answer is under way the results say so; what was folded or open stays so. */
let folds = new Map();

document.addEventListener("htmx:beforeRequest", () => {
  document.getElementById("results")?.setAttribute("aria-busy", "true");
  notice("");
});

document.addEventListener("htmx:beforeSwap", () => {
  folds = new Map([...document.querySelectorAll("#browse details[id]")].map((fold) => [fold.id, fold.open]));
});

document.addEventListener("htmx:afterSettle", (event) => {
  for (const [id, open] of folds) {
    const fold = document.getElementById(id);
    if (fold) fold.open = open;
  }
  const result = document.querySelector("[data-result]");
  if (result) announce(result.textContent.trim().replace(/\s+/g, " "));
  revealCopyButtons(document);
  const asked = event.detail.requestConfig;
  if (asked?.elt.tagName === "A" || asked?.triggeringEvent?.type === "submit") {
    (document.getElementById("errors") ?? result)?.focus();
  }
});

/* Where an answer cannot be shown in place, go there as a link would. */
document.addEventListener("htmx:responseError", (event) => {
  window.location.assign(event.detail.pathInfo.finalRequestPath ?? event.detail.pathInfo.requestPath);
});

document.addEventListener("htmx:sendError", () => {
  document.getElementById("results")?.removeAttribute("aria-busy");
  notice("The site could not be reached, so what you see is from before your last choice. Try again in a moment.");
});

/** Say something to everyone, at the top of the page; nothing takes the last notice away. */
function notice(text) {
  const place = document.getElementById("notice");
  if (!place) return;
  place.hidden = !text;
  place.textContent = text;
  if (text) {
    announce(text);
    place.scrollIntoView({ block: "nearest" });
  }
}

document.getElementById("errors")?.focus();

/* On a narrow screen the filters are folded away until asked for. */
function foldFilters() {
  const narrow = window.matchMedia("(max-width: 59.99rem)").matches;
  for (const fold of document.querySelectorAll("details[data-fold]")) fold.open = !narrow;
}

foldFilters();
revealCopyButtons(document);

/* A page that tells what was saved is the proof that the server has it: that draft need not stay in the browser. */
for (const proof of document.querySelectorAll("[data-saved]")) {
  const [key, save] = proof.dataset.saved.split(" ");
  if (drafts.of(key)?.save === save) drafts.forget(key);
}

/* Texts that were never sent are told where the review is begun again. */
for (const place of document.querySelectorAll("[data-drafts]")) {
  for (const draft of drafts.all(place.dataset.drafts)) {
    if (!draft.road) continue;
    const link = document.createElement("a");
    link.href = draft.road;
    link.textContent = draft.title ?? "your answer";
    const line = document.createElement("p");
    line.append("This browser holds text of yours that is not sent yet: ", link);
    place.append(line);
    place.hidden = false;
  }
}

/* Leaving or deleting a review takes every draft with it. */
for (const last of document.querySelectorAll("form[data-forget-all]")) {
  last.addEventListener("submit", () => drafts.forgetAll());
}
