import type { Context, Hono } from "hono";
import type { DemoProvider } from "./demo-provider.ts";
import { DeviceWait } from "./device-wait.ts";
import { currentFlow } from "./exchange-log.ts";
import { devicePage } from "./pages/device.ts";
import { exchangesPanel } from "./pages/exchanges.ts";
import { providerOf, type Rooms } from "./sign-in-routes.ts";
import type { Visitor } from "./visitors.ts";

interface Here {
  readonly provider: DemoProvider;
  readonly visitor: Visitor;
  readonly wait: DeviceWait;
}

/** Signing in on another device: this page is the device without a browser. */
export function serveDevices(app: Hono, rooms: Rooms): void {
  const here = (c: Context): Here | undefined => {
    const provider = providerOf(rooms, c);
    const visitor = rooms.visitors.find(rooms.cookie.read(c));
    const wait = visitor?.devices.get(provider.name);
    return visitor && wait && { provider, visitor, wait };
  };

  app.post("/device/:provider", async (c) => {
    const provider = providerOf(rooms, c);
    const known = rooms.visitors.find(rooms.cookie.read(c));
    // Under a new id from the start: whoever planted the old one must not look in when the user has said yes.
    const visitor = known ? rooms.visitors.renew(known) : rooms.visitors.create();
    rooms.cookie.write(c, visitor.id);
    const begins = `Device sign-in with ${provider.title}`;
    return currentFlow.run({ log: visitor.log, provider, begins }, async () => {
      const device = await provider.client.fetchDeviceAuthorization();
      visitor.devices.get(provider.name)?.stop();
      visitor.devices.set(provider.name, new DeviceWait(provider.client, device));
      return c.redirect(`/device/${provider.name}`, 303);
    });
  });

  app.get("/device/:provider", async (c) => {
    const found = here(c);
    if (!found) return c.redirect("/", 303);
    const { provider, visitor, wait } = found;
    const { outcome } = wait;
    if (!outcome) {
      const exchanges = exchangesPanel(visitor.log.of(provider.name), {
        provider: provider.name,
        page: "device",
      });
      return c.html(devicePage(provider, wait, exchanges));
    }
    visitor.devices.delete(provider.name);
    if ("error" in outcome) throw outcome.error;
    return currentFlow.run({ log: visitor.log, provider }, async () => {
      const profile = await provider.client.session(outcome.token).profile();
      visitor.accounts.set(provider.name, { token: outcome.token, profile });
      return c.redirect(`/account/${provider.name}`, 303);
    });
  });

  app.post("/device/:provider/too-soon", (c) => {
    const found = here(c);
    if (!found) return c.redirect("/", 303);
    const { provider, visitor, wait } = found;
    currentFlow.run({ log: visitor.log, provider }, () => wait.askTooSoon());
    return c.redirect(`/device/${provider.name}`, 303);
  });

  app.post("/device/:provider/stop", (c) => {
    const found = here(c);
    found?.wait.stop();
    found?.visitor.devices.delete(found.provider.name);
    return c.redirect("/", 303);
  });
}
