import { microsoft, MicrosoftClient } from "@grantkit/provider-microsoft";
import { describeOwnFields } from "../../core/test/support/provider-own-fields.ts";
import { MicrosoftServer } from "./support/microsoft-server.ts";

describeOwnFields({
  name: "provider-microsoft",
  start: () => MicrosoftServer.start(),
  preset: microsoft,
  makeClient: (options) => new MicrosoftClient(options),
});
