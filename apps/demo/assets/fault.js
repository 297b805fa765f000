// Says which fault is on as soon as it is chosen. Without JavaScript the page says it once the form was sent.
const select = document.querySelector("select[name=fault]");
if (select) {
  const notice = document.querySelector(".fault-on");
  const show = () => {
    notice.hidden = select.value === "";
    notice.querySelector("strong").textContent = select.selectedOptions[0].text;
  };
  select.addEventListener("change", show);
  // Browsers restore a choice when they reload a page or go back to it.
  addEventListener("pageshow", show);
  notice.querySelector("button").addEventListener("click", (event) => {
    // The server has to forget a fault that it marked as chosen.
    if (select.querySelector("option[selected]:not([value=''])")) return;
    event.preventDefault();
    select.value = "";
    show();
    select.focus();
  });
}
