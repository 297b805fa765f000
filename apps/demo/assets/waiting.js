// Reloads the page when the user comes back to its tab, and every two seconds unless an exchange is open or an element has
// the keyboard focus, because both would be lost.
const reload = () => location.reload();
setInterval(() => {
  if (!document.hidden && !document.querySelector("details[open], :focus-visible")) reload();
}, 2000);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) reload();
});
