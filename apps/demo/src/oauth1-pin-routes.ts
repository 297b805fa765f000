import type { Hono } from "hono";
import { failure } from "./api-call.ts";
import { orStartPage } from "./error-page.ts";
import { currentFlow } from "./exchanges/exchange-log.ts";
import { choiceOf } from "./oauth1-demo.ts";
import { accountOf, fetchRequestToken } from "./oauth1-routes.ts";
import { exchangesPanel } from "./pages/exchanges.ts";
import { oauth1PinPage } from "./pages/oauth1-pin.ts";
import type { DemoState } from "./sign-in-routes.ts";

/** Serves the sign-in without a callback: the provider shows a PIN, and the user types it. */
export function serveOAuth1Pin(app: Hono, { oauth1, visitors }: DemoState): void {
  app.post("/pin/oauth1", async (c) => {
    const choice = choiceOf(oauth1, await c.req.parseBody());
    const visitor = visitors.findOrCreate(c);
    const { url, signIn } = await fetchRequestToken(oauth1, visitor, choice, "oob");
    visitor.oauth1.pin = { ...signIn, url };
    return c.redirect("/pin/oauth1", 303);
  });

  app.get("/pin/oauth1", (c) => {
    const visitor = orStartPage(visitors.find(c));
    const pin = orStartPage(visitor.oauth1.pin);
    const exchanges = exchangesPanel(visitor.log, { provider: oauth1.name, page: "pin" });
    return c.html(oauth1PinPage(oauth1, pin, exchanges));
  });

  app.post("/pin/oauth1/enter", async (c) => {
    const { verifier } = await c.req.parseBody();
    const visitor = orStartPage(visitors.find(c));
    const pin = orStartPage(visitor.oauth1.pin);
    const { requestToken, choice } = pin;
    visitors.setNewId(c, visitor);
    return currentFlow.run({ log: visitor.log, provider: oauth1 }, async () => {
      try {
        const session = await oauth1.session(choice, { requestToken });
        const typed = typeof verifier === "string" ? verifier.trim() : "";
        const token = await session.fetchAccessToken({ verifier: typed });
        visitor.oauth1.pin = undefined;
        visitor.oauth1.accounts.set(oauth1.name, await accountOf(oauth1, choice, token));
      } catch (error) {
        pin.result = failure("That did not work", error);
        return c.redirect("/pin/oauth1", 303);
      }
      return c.redirect("/account/oauth1", 303);
    });
  });

  app.post("/pin/oauth1/stop", (c) => {
    const visitor = visitors.find(c);
    if (visitor) visitor.oauth1.pin = undefined;
    return c.redirect("/", 303);
  });
}
