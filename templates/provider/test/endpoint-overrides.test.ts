import { AcmeClient } from "@grantkit/provider-acme";
import { testEndpointsAreAllOrNothing } from "../../core/test/support/provider-endpoints.ts";
import { AcmeServer } from "./support/acme-server.ts";

testEndpointsAreAllOrNothing(
  () => AcmeServer.start(),
  (endpoints) => new AcmeClient({ clientId: "client-id", endpoints }),
);
