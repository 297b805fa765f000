import type { Hono } from "hono";
import type { DemoProvider } from "./demo-provider.ts";
import { DeviceSignIn } from "./device-sign-in.ts";
import { orStartPage, ToStartPage } from "./error-page.ts";
import { currentFlow } from "./exchange-log.ts";
import { devicePage } from "./pages/device.ts";
import { exchangesPanel } from "./pages/exchanges.ts";
import type { DemoState } from "./sign-in-routes.ts";

/** Serves the sign-in on another device; its page is the device without a browser. */
export function serveDevices(app: Hono, { visitors }: DemoState, provider: DemoProvider): void {
  const { name, title, client } = provider;

  app.post(`/device/${name}`, async (c) => {
    // A new ID from the start: whoever planted the old one could otherwise wait with it for the user's consent.
    const visitor = visitors.setNewId(c, visitors.find(c));
    const begins = `Device sign-in with ${title}`;
    return currentFlow.run({ log: visitor.log, provider, begins }, async () => {
      const device = await client.fetchDeviceAuthorization();
      // Nobody would stop the polls of a visitor whom the demo forgot meanwhile.
      if (!visitors.has(visitor)) throw new ToStartPage();
      visitor.devices.get(name)?.stop();
      visitor.devices.set(name, new DeviceSignIn(client, device));
      return c.redirect(`/device/${name}`, 303);
    });
  });

  app.get(`/device/${name}`, async (c) => {
    const { log, devices, oauth2 } = orStartPage(visitors.find(c));
    const signIn = orStartPage(devices.get(name));
    const { outcome } = signIn;
    if (!outcome) {
      const exchanges = exchangesPanel(log, { provider: name, page: "device" });
      return c.html(devicePage(provider, signIn, exchanges));
    }
    devices.delete(name);
    if ("error" in outcome) throw outcome.error;
    const { token } = outcome;
    return currentFlow.run({ log, provider }, async () => {
      const profile = await client.profile(token);
      oauth2.accounts.set(name, { token, profile });
      return c.redirect(`/account/${name}`, 303);
    });
  });

  app.post(`/device/${name}/too-soon`, (c) => {
    const { log, devices } = orStartPage(visitors.find(c));
    const signIn = orStartPage(devices.get(name));
    currentFlow.run({ log, provider }, () => signIn.pollEarly());
    return c.redirect(`/device/${name}`, 303);
  });

  app.post(`/device/${name}/stop`, (c) => {
    const devices = visitors.find(c)?.devices;
    devices?.get(name)?.stop();
    devices?.delete(name);
    return c.redirect("/", 303);
  });
}
