import { startFacebook } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";
import { testEndpointsAreAllOrNothing } from "../../core/test/support/provider-endpoints.ts";

testEndpointsAreAllOrNothing(
  startFacebook,
  (endpoints) => new FacebookClient({ clientId: "client-id", endpoints }),
);
