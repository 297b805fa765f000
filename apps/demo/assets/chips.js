// Shows the words that a field suggests as buttons, which put a word in or take it out. While a word is being typed, only the
// suggestions that contain it are shown, and Enter completes it. Without JavaScript people type.
for (const list of document.querySelectorAll(".chips")) {
  const input = list.closest("form").elements[list.dataset.for];
  const buttons = [...list.querySelectorAll("button")];
  const words = () => input.value.split(/[\s,]+/).filter(Boolean);
  /** The word before the cursor, unless it is a whole suggestion. */
  const typed = () => {
    const last = input.value.split(/[\s,]+/).at(-1) ?? "";
    return buttons.some(({ value }) => value === last) ? "" : last;
  };
  const show = () => {
    const part = document.activeElement === input ? typed().toLowerCase() : "";
    for (const button of buttons) {
      button.ariaPressed = String(words().includes(button.value));
      button.parentElement.hidden = part !== "" && !button.value.toLowerCase().includes(part);
    }
  };
  const toggle = ({ value }) => {
    const part = typed();
    const kept = words().filter((word) => word !== part && word !== value);
    input.value = [...kept, ...(words().includes(value) ? [] : [value])].join(" ");
    show();
  };
  for (const button of buttons) button.addEventListener("click", () => toggle(button));
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const first = buttons.find(({ parentElement }) => !parentElement.hidden);
    if (event.key !== "Enter" || typed() === "" || !first) return;
    event.preventDefault();
    toggle(first);
  });
  list.hidden = false;
  show();
}
