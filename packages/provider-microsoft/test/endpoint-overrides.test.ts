import { MicrosoftClient } from "@grantkit/provider-microsoft";
import { testEndpointsAreAllOrNothing } from "../../core/test/support/provider-endpoints.ts";
import { startMicrosoft } from "@grantkit/emulator";

testEndpointsAreAllOrNothing(
  () => startMicrosoft(),
  (endpoints) => new MicrosoftClient({ clientId: "client-id", endpoints }),
);
