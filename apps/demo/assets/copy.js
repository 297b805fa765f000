// Adds a button that copies to each secret and to each piece of code. Without JavaScript people select the text.
const copyButton = (source) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  return button;
};
for (const secret of document.querySelectorAll("details.secret")) {
  secret.after(copyButton(secret.querySelector(".raw")));
}
for (const code of document.querySelectorAll("details.as-code > pre")) {
  code.before(copyButton(code));
}
