import { DeviceSignIn } from "./device-sign-in.ts";
import { optionsCode, program } from "./code.ts";
import type { Flow } from "./flow.ts";
import { FURTHER_PARAMETERS, grantOptions, resourceField, scopeField } from "./grant-fields.ts";

/** The device authorization grant (RFC 8628). */
export const device: Flow = {
  id: "device",
  title: "Device",
  group: "Get a token",
  teaser: "For televisions and command lines: the user signs in on another device (RFC 8628).",
  button: () => "Get a code for the device",
  fields: (target) => [
    scopeField(target),
    ...(target.hasOwnDeviceFlow ? [] : [resourceField(target), FURTHER_PARAMETERS]),
  ],
  run: async ({ client, values }) => ({
    device: new DeviceSignIn(client, await client.fetchDeviceAuthorization(grantOptions(values))),
  }),
  code: (target, values) =>
    program(target, values, {
      lines: `
const device = await client.fetchDeviceAuthorization(${optionsCode(grantOptions(values))});
console.log(\`Open \${device.verificationUri} and enter \${device.userCode}\`);

// Polls at the interval that the provider asks for, until the user has decided.
const token = await client.fetchDeviceToken(device, {
  onPending: ({ reason, interval }) => console.log(reason, interval),
});
console.log(token.expiresAt);`,
    }),
};
