import type { Hono } from "hono";
import { html } from "hono/html";
import { callApi } from "./api-call.ts";
import type { DemoProvider } from "./demo-provider.ts";
import { orStartPage } from "./error-page.ts";
import { currentFlow } from "./exchange-log.ts";
import { resultPanel } from "./pages/account.ts";
import { exchangesPanel } from "./pages/exchanges.ts";
import { badge, button, page } from "./pages/layout.ts";
import { tokenPanel } from "./pages/token.ts";
import type { DemoState } from "./sign-in-routes.ts";

/** Serves API calls without a user: the app gets a token of its own and uses it. */
export function serveAppCalls(app: Hono, { visitors }: DemoState, provider: DemoProvider): void {
  if (!provider.appCall) return;
  const { name, title } = provider;
  const { as, session, sample } = provider.appCall;

  app.post(`/app/${name}`, async (c) => {
    const visitor = visitors.findOrCreate(c);
    const begins = `${title} as ${as}`;
    return currentFlow.run({ log: visitor.log, provider, begins }, async () => {
      // The session would get a token with its first request only; each visitor is to see the token request.
      const token = await session.refresh();
      const path = sample(token);
      const label = `GET ${path.split("?", 1)[0]}`;
      const result = await callApi(label, () => session.get<unknown>(path));
      visitor.appCalls.set(name, { token, result });
      return c.redirect(`/app/${name}`, 303);
    });
  });

  app.get(`/app/${name}`, (c) => {
    const visitor = orStartPage(visitors.find(c));
    const call = orStartPage(visitor.appCalls.get(name));
    return c.html(
      page(
        `${title} without a user`,
        html`<section class="panel who ${name}">
            <div>
              <h1>Nobody is signed in</h1>
              <p>The demo called ${title} as ${as}. ${badge(provider)}</p>
            </div>
            ${button(`/app/${name}`, "Do it again")}
          </section>
          ${tokenPanel(call.token)} ${resultPanel(call.result)}
          ${exchangesPanel(visitor.log, { provider: name, page: "app" })}`,
      ),
    );
  });
}
