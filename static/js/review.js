/* Saves an answer while it is written. The form works without it: "Save and continue" is the same POST. */

const PAUSE = 1500; // ms of quiet after a key before a save
const RETRY = 5000; // ms between tries while the connection is gone

const form = document.querySelector("form[data-autosave]");
const state = document.querySelector("[data-save-state]");
const key = form && `ictlead-draft/${form.dataset.key}`;

let timer = null;
let sending = false;
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

function say(text, waiting = false) {
  state.textContent = text;
  state.classList.toggle("save-state--waiting", waiting);
}

/** Note which answer was submitted: any other page that follows tells that the server has it (see site.js). */
function remember(submitted) {
  try {
    sessionStorage.setItem("ictlead-submitted", submitted);
  } catch {
    /* the draft is then forgotten when the question is next opened */
  }
}

/** Keep what is not saved yet in this browser, with the version that it was begun from. */
function keep() {
  try {
    localStorage.setItem(key, JSON.stringify({ content: contentOf(), base: form.elements.base.value }));
  } catch {
    /* a browser that keeps nothing: the text still stands in the form */
  }
}

function forget() {
  try {
    localStorage.removeItem(key);
  } catch {
    /* nothing was kept */
  }
}

function schedule(wait = PAUSE) {
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

async function save() {
  if (sending) return schedule();
  const content = contentOf();
  if (content === stored) return;
  sending = true;
  keep();
  say("Saving…");
  try {
    const response = await fetch(form.action || location.href, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
      redirect: "error",
    });
    await settle(response, content);
  } catch {
    say("No connection. Your text is kept in this browser and will be sent when the connection is back.", true);
    schedule(RETRY);
  } finally {
    sending = false;
  }
}

async function settle(response, content) {
  if (response.ok) {
    const answer = await response.json();
    form.elements.base.value = answer.version;
    form.elements.save_id.value = crypto.randomUUID();
    stored = content;
    if (contentOf() === content) forget();
    else schedule();
    say(`Saved at ${answer.saved_at}`);
  } else if (response.status === 409) {
    const answer = await response.json();
    if (answer.reason) return say(`Not saved. ${answer.reason} Your text is kept in this browser; copy it from here.`, true);
    say(`${answer.by} saved another answer meanwhile. Yours is kept: choose “Save and continue” to see both.`, true);
  } else if (response.status === 400) {
    const { errors } = await response.json();
    say(`Not saved. ${Object.values(errors).flat().join(" ")} What you wrote is kept in this browser.`, true);
  } else {
    say("Not saved: you are no longer let in here. Your text is kept in this browser. Open your private link, then come back to this question.", true);
  }
}

/** Put a kept text back into the form, to be sent from the version it was begun from. */
function bringBack(kept) {
  const [level, text, priority, complete, evidence] = JSON.parse(kept.content);
  for (const radio of form.querySelectorAll("input[name=level]")) radio.checked = radio.value === level;
  form.elements.text.value = text;
  form.elements.is_complete.checked = Boolean(complete);
  if (form.elements.is_priority) form.elements.is_priority.checked = Boolean(priority);
  if (form.elements.evidence) {
    form.elements.evidence.value = evidence ?? "";
    form.elements.evidence.closest("details").open ||= Boolean(evidence);
  }
  count();
}

/** What an earlier visit could not send: back at once, or on request where the answer was saved since. */
function recover() {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(key));
  } catch {
    return;
  }
  if (!kept || kept.content === stored) return forget();
  if (Number(kept.base) >= Number(form.elements.base.value)) {
    bringBack(kept);
    say("Your text from before is back, and is being sent.", true);
    return schedule(0);
  }
  say("This browser still holds a text of yours that was not saved. The answer has been saved since.", true);
  state.append(
    button("Show my text", () => {
      bringBack(kept);
      say("Your text is back in the form. Save it, or change it first.", true);
    }),
    button("Forget it", () => {
      forget();
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
  if (left < 0) place.textContent = `${-left} characters too many`;
  else place.textContent = left <= 1000 ? `${left} characters left` : "";
}

if (form) {
  form.addEventListener("input", () => {
    count();
    keep();
    say("Not saved yet");
    schedule();
  });
  form.addEventListener("change", () => schedule(0));
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep();
    remember(key);
  });
  window.addEventListener("online", () => schedule(0));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && contentOf() !== stored) {
      keep();
      fetch(form.action || location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        keepalive: true,
      }).catch(() => {});
    }
  });
  recover();
  count();
  if (contentOf() !== stored) schedule();
}

/* On the page of a conflict the server has shown both texts: whichever is chosen, the draft is no longer needed. */
for (const choice of document.querySelectorAll("[data-forget]")) {
  choice.addEventListener(choice.tagName === "FORM" ? "submit" : "click", () => {
    localStorage.removeItem(`ictlead-draft/${choice.dataset.forget}`);
  });
}
