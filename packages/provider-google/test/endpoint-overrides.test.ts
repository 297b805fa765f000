import { startGoogle } from "@grantkit/emulator";
import { GoogleClient } from "@grantkit/provider-google";
import { testEndpointsAreAllOrNothing } from "../../core/test/support/provider-endpoints.ts";

testEndpointsAreAllOrNothing(
  startGoogle,
  (endpoints) => new GoogleClient({ clientId: "client-id", endpoints }),
);
