// Shows how long a token or a code is valid. Without JavaScript the page shows the expiry time.
for (const element of document.querySelectorAll("time[data-countdown]")) {
  const end = Date.parse(element.dateTime);
  const show = () => {
    const seconds = Math.round((end - Date.now()) / 1000);
    if (seconds <= 0) {
      element.textContent = "expired";
      return;
    }
    const parts = [
      [Math.floor(seconds / 86400), "d"],
      [Math.floor(seconds / 3600) % 24, "h"],
      [Math.floor(seconds / 60) % 60, "min"],
      [seconds % 60, "s"],
    ];
    const first = parts.findIndex(([count]) => count > 0);
    element.textContent = `in ${parts
      .slice(first)
      .map(([count, unit]) => `${count} ${unit}`)
      .join(" ")}`;
  };
  element.title = element.dateTime;
  show();
  setInterval(show, 1000);
}
