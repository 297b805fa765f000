// Reloads the page when it has changed on the server: asked every two seconds, and when the user comes back to its tab. Not
// while a part of the result is open or a field has the keyboard focus, because both would be lost.
let known;
const ask = async () => {
  if (document.hidden) return;
  const page = await (await fetch(location.href)).text();
  known ??= page;
  const isBusy = document.querySelector(".result details[open], form :focus-visible");
  if (page !== known && !isBusy) location.reload();
};
const look = () => ask().catch(() => undefined);
void look();
setInterval(look, 2000);
document.addEventListener("visibilitychange", look);
