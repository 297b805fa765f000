// Hands the fragment of the implicit grant's callback to the server. Without JavaScript the person copies the address.
const form = document.querySelector("#fragment-form");
if (location.hash.length > 1) {
  form.elements.url.value = location.href;
  // The token does not stay in the history.
  history.replaceState(null, "", location.pathname);
  form.submit();
}
