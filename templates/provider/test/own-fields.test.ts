import { acme, AcmeClient } from "@grantkit/provider-acme";
import { describeOwnFields } from "../../core/test/support/provider-own-fields.ts";
import { AcmeServer } from "./support/acme-server.ts";

describeOwnFields({
  name: "provider-acme",
  start: () => AcmeServer.start(),
  preset: acme,
  makeClient: (options) => new AcmeClient(options),
});
