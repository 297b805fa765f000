import { expect, it } from "@jest/globals";
import type { Exchange } from "../src/exchanges/exchange-log.ts";
import { timeline } from "../src/pages/run/timeline.ts";

const exchanges: Exchange[] = Array.from({ length: 100 }, (_, index) => ({
  provider: { name: "google", title: "Google" },
  between: "demo → provider",
  method: "GET",
  url: `https://api.example/me/${index + 1}`,
  status: 200,
  responseBody: JSON.stringify({ access_token: "x".repeat(1000), number: `the-${index + 1}th` }),
}));

it("a run of many exchanges stays a small page, on which each has a line that leads to it", () => {
  const page = String(timeline({ id: 7, exchanges, error: undefined }));
  expect(page.length).toBeLessThan(80_000);
  expect(page.split('<details class="exchange"').length).toBeGreaterThan(5);
  expect(page).toContain('href="/?run=7&amp;exchange=50#exchange-50"');
  expect(page).not.toContain("the-50th");
  expect(page).toContain("… and 40 more");
});

it("the page of an exchange has it open", () => {
  const page = String(timeline({ id: 7, exchanges, error: undefined }, 50));
  expect(page).toMatch(/id="exchange-50" open/);
  expect(page).toContain("the-50th");
});
