// Reloads the page when it has changed on the server: asked every two seconds, and when the user comes back to its tab. Not
// while a part of the result is open or a field has the keyboard focus, because both would be lost.
const { state } = document.currentScript.dataset;
const ask = async () => {
  if (document.hidden) return;
  const text = await (await fetch(location.href)).text();
  const page = new DOMParser().parseFromString(text, "text/html");
  const isBusy = document.querySelector(".result details[open], form :focus-visible");
  // A page that no longer waits has no such script.
  const now = page.querySelector("script[data-state]")?.dataset.state;
  if (now !== state && !isBusy) location.reload();
};
const look = () => ask().catch(() => undefined);
void look();
setInterval(look, 2000);
document.addEventListener("visibilitychange", look);
