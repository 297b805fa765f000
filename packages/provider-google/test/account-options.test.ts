import { expect, it } from "@jest/globals";
import {
  GoogleExternalAccount,
  GoogleMetadataServer,
  GoogleServiceAccount,
} from "@grantkit/provider-google";

const accounts = {
  GoogleServiceAccount: (options: object) => new GoogleServiceAccount(options),
  GoogleMetadataServer: (options: object) => new GoogleMetadataServer(options),
  GoogleExternalAccount: (options: object) => new GoogleExternalAccount(options),
};

it.each([
  [
    "GoogleServiceAccount",
    { keyfile: "key.json" },
    "keyfile is not an option; did you mean keyFile?",
  ],
  [
    "GoogleMetadataServer",
    { hostname: "localhost:1" },
    "hostname is not an option; the options are host, account, endpoints, tokenPlacement,",
  ],
  [
    "GoogleExternalAccount",
    { configfile: "workload.json" },
    "configfile is not an option; did you mean configFile?",
  ],
] as const)("a %s names its own options for %j", (account, options, problem) => {
  expect(() => accounts[account](options)).toThrow(problem);
});

it.each(Object.entries(accounts))("a %s takes no credentials of an app", (_name, make) => {
  for (const name of ["clientId", "clientSecret", "clientAuthentication", "redirectUri"]) {
    expect(() => make({ [name]: "x" })).toThrow(`${name} is not an option; the options are `);
    expect(() => make({ [name]: "x" })).not.toThrow(/the options are .*clientId/);
  }
});

it("reads the options of a function at the first use only", () => {
  const machine = new GoogleMetadataServer(() => ({ hots: "x" }) as never);
  expect(() => machine.session()).toThrow("hots is not an option; the options are host,");
});
