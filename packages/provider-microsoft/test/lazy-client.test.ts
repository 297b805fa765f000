import { MicrosoftClient } from "@grantkit/provider-microsoft";
import { describeLazyClient } from "../../core/test/support/provider-lazy-client.ts";
import { MicrosoftServer } from "./support/microsoft-server.ts";

describeLazyClient(
  "Microsoft",
  () => MicrosoftServer.start(),
  (options) => new MicrosoftClient(options),
);
