/* The margin of a quote is one stop of the Tab key: the arrow keys go through its codings, and to what one can do with each. */

const toolsOf = (item) => [...item.querySelectorAll(".margin__tools > :is(a, button)")];

/** An arrow key in a margin. */
export function onMarginKey(event) {
  const item = event.target.closest(".margin__tools") && event.target.closest(".margin__item");
  if (!item || event.altKey || event.shiftKey) return;
  const items = [...item.parentElement.querySelectorAll(".margin__item")];
  const tools = toolsOf(item);
  const [row, column] = [items.indexOf(item), tools.indexOf(event.target)];
  const to = {
    ArrowDown: () => toolsOf(items[Math.min(row + 1, items.length - 1)])[0],
    ArrowUp: () => toolsOf(items[Math.max(row - 1, 0)])[0],
    ArrowRight: () => tools[Math.min(column + 1, tools.length - 1)],
    ArrowLeft: () => tools[Math.max(column - 1, 0)],
    Home: () => toolsOf(items[0])[0],
    End: () => toolsOf(items.at(-1))[0],
  }[event.key]?.();
  if (!to) return;
  event.preventDefault();
  to.focus();
}

/** Let the Tab key stop in a margin at one tool: the one used last, else the first. */
export function stopAt(margin, tool) {
  for (const one of margin.querySelectorAll(".margin__tools > :is(a, button)")) one.tabIndex = one === tool ? 0 : -1;
}
