import { html } from "hono/html";
import type { EmulatorServer } from "../emulator-server.ts";
import type { DeviceCodes, WaitingDevice } from "../oauth/device-codes.ts";
import { allParameters } from "../server/parameters.ts";
import type { ConsentDecision } from "./consent-desk.ts";
import type { ConsentQuestion } from "./consent-page.ts";
import type { PageTheme } from "./page-theme.ts";
import { page } from "./page.ts";

/** What differs between the device pages of the providers. */
interface DeviceConsent<User, Grant> {
  readonly path: string;
  /** Whether the user code may be typed in lower case. */
  readonly ignoreCase: boolean;
  readonly question: (device: WaitingDevice) => ConsentQuestion;
  readonly grant: (user: User, device: WaitingDevice, decision: ConsentDecision) => Grant;
}

/** Serves the page on which a person types the user code of a device, and the consent page that follows. */
export function serveDevicePage<User, Grant>(
  server: Pick<EmulatorServer<unknown, User, unknown>, "app" | "desk" | "theme" | "findUser"> & {
    readonly devices: DeviceCodes<Grant>;
  },
  { path, ignoreCase, question, grant }: DeviceConsent<User, Grant>,
): void {
  const { app, desk, theme, devices, findUser } = server;
  const ask = desk.page<WaitingDevice>((device, decision) => {
    const user = decision.allowed ? findUser(decision.userId) : undefined;
    if (user === undefined) {
      devices.decide(device.deviceCode, undefined);
      return desk.say({ title: "Access denied", text: "The device gets no access." }, 200);
    }
    devices.decide(device.deviceCode, grant(user, device, decision));
    const text = "You may close this page and go on at the device.";
    return desk.say({ title: "Device connected", text }, 200);
  });
  app.get(path, () => deviceCodePage(theme, path));
  app.post(path, (c) => {
    const typed = (allParameters(c)["user_code"] ?? "").trim();
    const device = devices.waiting(ignoreCase ? typed.toUpperCase() : typed);
    if (device === undefined) return deviceCodePage(theme, path, "No device waits with this code.");
    return ask(question(device), device);
  });
}

function deviceCodePage(theme: PageTheme, action: string, problem?: string): Promise<Response> {
  const content = html`<h1>Connect a device</h1>
    <p class="muted">Type the code that the device shows.</p>
    <form method="post" action="${action}">
      <label for="user_code">Code</label>
      <input
        class="field"
        id="user_code"
        name="user_code"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        required
        autofocus
        ${problem === undefined ? "" : html`aria-invalid="true" aria-describedby="problem"`}
      />
      ${problem === undefined ? "" : html`<p id="problem" class="problem" role="alert">${problem}</p>`}
      <div class="actions"><button class="primary">Continue</button></div>
    </form>`;
  return page(theme, "Connect a device", content, problem === undefined ? 200 : 404);
}
