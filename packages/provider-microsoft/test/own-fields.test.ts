import { microsoft, MicrosoftClient } from "@grantkit/provider-microsoft";
import { describeOwnFields } from "../../core/test/support/provider-own-fields.ts";
import { startMicrosoft } from "@grantkit/emulator";

describeOwnFields({
  name: "provider-microsoft",
  start: () => startMicrosoft(),
  preset: microsoft,
  makeClient: (options) => new MicrosoftClient(options),
});
