// Looks again every two seconds. Not while somebody reads an exchange or goes through the page by keyboard: that would
// be lost. Whoever comes back from the provider's page sees at once how things are.
const look = () => location.reload();
setInterval(() => {
  if (!document.hidden && !document.querySelector("details[open], :focus-visible")) look();
}, 2000);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) look();
});
