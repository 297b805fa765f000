import type { Hono } from "hono";
import { failureText } from "./api-call.ts";
import { currentFlow } from "./exchange-log.ts";
import { choiceOf } from "./oauth1-demo.ts";
import { fetchRequestToken, welcome } from "./oauth1-sign-in-routes.ts";
import { exchangesPanel } from "./pages/exchanges.ts";
import { oauth1PinPage } from "./pages/oauth1-pin.ts";
import type { Rooms } from "./sign-in-routes.ts";

/** Signing in where no callback leads to: the user types what the provider shows. */
export function serveOAuth1Pin(app: Hono, rooms: Rooms): void {
  const { oauth1, visitors, cookie } = rooms;

  app.post("/pin/oauth1", async (c) => {
    const choice = choiceOf(oauth1, await c.req.parseBody());
    const known = visitors.find(cookie.read(c));
    const visitor = known ?? visitors.create();
    if (!known) cookie.write(c, visitor.id);
    const { url, signIn } = await fetchRequestToken(oauth1, visitor, choice, "oob");
    visitor.oauth1.pin = { ...signIn, url };
    return c.redirect("/pin/oauth1", 303);
  });

  app.get("/pin/oauth1", (c) => {
    const visitor = visitors.find(cookie.read(c));
    const pin = visitor?.oauth1.pin;
    if (!visitor || !pin) return c.redirect("/", 303);
    const exchanges = exchangesPanel(visitor.log.of(oauth1.name), {
      provider: oauth1.name,
      page: "pin",
    });
    return c.html(oauth1PinPage(oauth1, pin, exchanges));
  });

  app.post("/pin/oauth1/enter", async (c) => {
    const { verifier } = await c.req.parseBody();
    const visitor = visitors.find(cookie.read(c));
    const pin = visitor?.oauth1.pin;
    if (!visitor || !pin) return c.redirect("/", 303);
    const { requestToken, choice } = pin;
    return currentFlow.run({ log: visitor.log, provider: oauth1 }, async () => {
      const session = await oauth1.session(choice, { requestToken });
      try {
        const typed = typeof verifier === "string" ? verifier.trim() : "";
        const token = await session.fetchAccessToken({ verifier: typed });
        visitor.oauth1.pin = undefined;
        await welcome(rooms, c, visitor, { choice, token });
      } catch (error) {
        pin.result = { title: "That did not work", text: failureText(error), failed: true };
        return c.redirect("/pin/oauth1", 303);
      }
      return c.redirect("/account/oauth1", 303);
    });
  });

  app.post("/pin/oauth1/stop", (c) => {
    const visitor = visitors.find(cookie.read(c));
    if (visitor) visitor.oauth1.pin = undefined;
    return c.redirect("/", 303);
  });
}
