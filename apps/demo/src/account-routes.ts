import type { SessionOptions } from "@grantkit/core";
import type { Context, Hono } from "hono";
import { callApi, failureText } from "./api-call.ts";
import { currentFlow } from "./exchange-log.ts";
import { accountPage } from "./pages/account.ts";
import { exchangesPanel, PROVIDER_PAGES } from "./pages/exchanges.ts";
import type { DemoProvider } from "./demo-provider.ts";
import { providerOf, type Rooms } from "./sign-in-routes.ts";
import type { Account, Visitor } from "./visitors.ts";

interface Here {
  readonly provider: DemoProvider;
  readonly visitor: Visitor;
  readonly account: Account;
}

/** What a signed-in visitor can look at and do. Every button answers with a redirect to the page. */
export function serveAccount(app: Hono, rooms: Rooms): void {
  const here = (c: Context): Here | undefined => {
    const provider = providerOf(rooms, c);
    const visitor = rooms.visitors.find(rooms.cookie.read(c));
    const account = visitor?.accounts.get(provider.name);
    return visitor && account && { provider, visitor, account };
  };
  const acting = (c: Context, act: (found: Here) => Promise<void>) => {
    const found = here(c);
    if (!found) return c.redirect("/", 303);
    const { visitor, provider } = found;
    return currentFlow.run({ log: visitor.log, provider }, async () => {
      await act(found);
      return c.redirect(`/account/${provider.name}`, 303);
    });
  };

  app.get("/account/:provider", (c) => {
    const found = here(c);
    if (!found) return c.redirect("/", 303);
    const { provider, account, visitor } = found;
    return c.html(
      accountPage(
        provider,
        account,
        exchangesPanel(visitor.log.of(provider.name), { provider: provider.name, page: "account" }),
      ),
    );
  });

  app.post("/account/:provider/call", async (c) => {
    const { placement } = await c.req.parseBody();
    return acting(c, (found) => call(found, placement === "query" ? "query" : "header"));
  });

  app.post("/account/:provider/refresh", (c) => acting(c, refresh));

  app.post("/account/:provider/revoke", (c) => acting(c, revoke));

  app.post("/account/:provider/sign-out", (c) => {
    const found = here(c);
    found?.visitor.accounts.delete(found.provider.name);
    return c.redirect("/", 303);
  });

  app.post("/exchanges/clear", async (c) => {
    const { provider, page } = await c.req.parseBody();
    const known = [...rooms.providers, rooms.oauth1].find(({ name }) => name === provider);
    // A provider's page lists that provider alone, and its button clears no more than one sees.
    rooms.visitors.find(rooms.cookie.read(c))?.log.clear(known?.name);
    const from = PROVIDER_PAGES.find((name) => name === page) ?? "account";
    return c.redirect(known ? `/${from}/${known.name}` : "/", 303);
  });
}

function sessionOf({ provider, account }: Here, options: SessionOptions = {}) {
  return provider.client.session(account.token, {
    onTokenUpdate: (next) => {
      account.token = next;
    },
    ...options,
  });
}

async function call(here: Here, placement: "header" | "query"): Promise<void> {
  const { provider, account } = here;
  const title = `GET ${provider.sample}, token in the ${placement}`;
  if (placement === "query" && provider.noQuery !== undefined) {
    account.result = { title, text: provider.noQuery, failed: true };
    return;
  }
  account.result = await callApi(
    sessionOf(here, { tokenPlacement: placement }),
    provider.sample,
    title,
  );
}

async function refresh(here: Here): Promise<void> {
  const { account } = here;
  try {
    account.token = await sessionOf(here).refresh();
    account.result = { title: "Refreshed", text: "The token above is the new one.", failed: false };
  } catch (error) {
    account.result = { title: "The refresh failed", text: failureText(error), failed: true };
  }
}

async function revoke({ provider, account }: Here): Promise<void> {
  try {
    await provider.revoke(account.token);
    account.result = {
      title: "Revoked",
      text: `${provider.title} has revoked it. Press the other buttons to see what the provider answers now.`,
      failed: false,
    };
  } catch (error) {
    account.result = { title: "The revocation failed", text: failureText(error), failed: true };
  }
}
