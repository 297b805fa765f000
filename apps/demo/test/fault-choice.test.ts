import { expect, it } from "@jest/globals";
import { runWith, servedDemo } from "./faults.ts";
import { PlainBrowser } from "./support.ts";

const demo = servedDemo(false);
const FAULT = "wrong-secret";
const ON = /<p class="fault-on"\s*>\s*<span>Fault on: <strong>A wrong client secret<\/strong>/;

/** A browser that used a flow with a fault. */
async function visitorWithFault(): Promise<PlainBrowser> {
  const visitor = new PlainBrowser(demo().url);
  await runWith(visitor, "facebook", "client-credentials", { fault: FAULT });
  return visitor;
}

const formOf = async (visitor: PlainBrowser, flow = "client-credentials"): Promise<string> =>
  (await visitor.get(`/?provider=facebook&flow=${flow}`)).text();

it("says at the button which fault is on, in the form of its flow only", async () => {
  const visitor = await visitorWithFault();
  expect(await formOf(visitor)).toMatch(ON);
  expect(await formOf(visitor, "authorization-code")).toMatch(/class="fault-on" hidden/);
});

it("removes the fault for good, and keeps the rest of the form and the run", async () => {
  const visitor = await visitorWithFault();
  const form = new URLSearchParams({ fault: FAULT, client_id: "typed-meanwhile" });
  const { headers } = await visitor.post("/remove-fault/facebook/client-credentials", {}, form);
  expect(headers.get("location")).toBe("/?provider=facebook&flow=client-credentials#request");
  await formOf(visitor, "authorization-code");
  const page = await formOf(visitor);
  expect(page).toMatch(/class="fault-on" hidden/);
  expect(page).not.toMatch(/<option value="wrong-secret" selected/);
  expect(page).toContain('value="typed-meanwhile"');
  expect(page).toContain("INVALID_CLIENT");
});

it("removes nothing where nothing was sent", async () => {
  const { status } = await new PlainBrowser(demo().url).post("/remove-fault/github/api-call");
  expect(status).toBe(303);
});
