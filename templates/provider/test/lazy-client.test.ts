import { AcmeClient } from "@grantkit/provider-acme";
import { describeLazyClient } from "../../core/test/support/provider-lazy-client.ts";
import { AcmeServer } from "./support/acme-server.ts";

describeLazyClient(
  "Acme",
  () => AcmeServer.start(),
  (options) => new AcmeClient(options),
);
