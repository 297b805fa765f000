import { MicrosoftClient } from "@grantkit/provider-microsoft";
import { testEndpointsAreAllOrNothing } from "../../core/test/support/provider-endpoints.ts";
import { MicrosoftServer } from "./support/microsoft-server.ts";

testEndpointsAreAllOrNothing(
  () => MicrosoftServer.start(),
  (endpoints) => new MicrosoftClient({ clientId: "client-id", endpoints }),
);
