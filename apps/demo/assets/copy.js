// Adds a button that copies to each secret and to each piece of code. Without JavaScript people select the text.
const copyButton = (source, name) => {
  const button = document.createElement("button");
  const show = (text) => {
    button.textContent = text;
    button.ariaLabel = `${text} ${name}`;
  };
  button.type = "button";
  button.className = "copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent);
    show("Copied");
    setTimeout(show, 1500, "Copy");
  });
  show("Copy");
  return button;
};
for (const secret of document.querySelectorAll("details.secret")) {
  const name = secret.closest("div")?.querySelector("dt")?.textContent ?? "with the secrets";
  secret.after(copyButton(secret.querySelector(".raw"), name));
}
for (const code of document.querySelectorAll("details.as-code > pre")) {
  code.before(copyButton(code, "the code"));
}
