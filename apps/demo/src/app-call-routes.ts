import type { Hono } from "hono";
import { callApi } from "./api-call.ts";
import { currentFlow } from "./exchange-log.ts";
import { appCallPage } from "./pages/app-call.ts";
import { exchangesPanel } from "./pages/exchanges.ts";
import { providerOf, type Rooms } from "./sign-in-routes.ts";

/** Calls without a user: the app gets a token for itself, and tries it. */
export function serveAppCalls(app: Hono, rooms: Rooms): void {
  app.post("/app/:provider", async (c) => {
    const provider = providerOf(rooms, c);
    const { appCall } = provider;
    if (!appCall) return c.redirect("/", 303);
    const known = rooms.visitors.find(rooms.cookie.read(c));
    const visitor = known ?? rooms.visitors.create();
    if (!known) rooms.cookie.write(c, visitor.id);
    const begins = `${provider.title} as ${appCall.as}`;
    return currentFlow.run({ log: visitor.log, provider, begins }, async () => {
      // The first request would get a token by itself; here each visitor is to see the token request.
      const token = await appCall.session.refresh();
      const path = appCall.sample(token);
      const title = `GET ${path.split("?", 1)[0]}`;
      const result = await callApi(appCall.session, path, title);
      visitor.appVisits.set(provider.name, { token, result });
      return c.redirect(`/app/${provider.name}`, 303);
    });
  });

  app.get("/app/:provider", (c) => {
    const provider = providerOf(rooms, c);
    const visitor = rooms.visitors.find(rooms.cookie.read(c));
    const visit = visitor?.appVisits.get(provider.name);
    if (!visitor || !visit || !provider.appCall) return c.redirect("/", 303);
    const exchanges = exchangesPanel(visitor.log.of(provider.name), {
      provider: provider.name,
      page: "app",
    });
    return c.html(appCallPage(provider, provider.appCall, visit, exchanges));
  });
}
