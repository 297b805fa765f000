import { MicrosoftClient } from "@grantkit/provider-microsoft";
import { describeLazyClient } from "../../core/test/support/provider-lazy-client.ts";
import { startMicrosoft } from "@grantkit/emulator";

describeLazyClient(
  "Microsoft",
  () => startMicrosoft(),
  (options) => new MicrosoftClient(options),
);
