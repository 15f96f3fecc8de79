/* Nothing moves under a finger: a press only counts where it came down and went up on the same thing. */

const AFTER = 400; // ms in which a browser may still tell the click of a press that has ended
const LONGEST = 3000; // ms after which a press has ended unseen: in a menu, or outside the window

const held = [];
let pressed = false;
let timer = null;

/** Do what may move the page: at once, or, while something is pressed, as soon as that press has landed. */
export function onceReleased(act) {
  if (pressed) held.push(act);
  else act();
}

/** Resolves at once, or, while something is pressed, as soon as that press has landed. */
export const released = () => new Promise(onceReleased);

function release() {
  pressed = false;
  for (const act of held.splice(0)) act();
}

function releaseAfter(wait) {
  clearTimeout(timer);
  timer = setTimeout(release, wait);
}

function down() {
  pressed = true;
  releaseAfter(LONGEST);
}

document.addEventListener("pointerdown", down, true);
document.addEventListener("pointerup", () => releaseAfter(AFTER), true);
document.addEventListener("pointercancel", release, true);
document.addEventListener("click", () => releaseAfter(0), true);
