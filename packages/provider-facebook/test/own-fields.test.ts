import { startFacebook } from "@grantkit/emulator";
import { facebook, FacebookClient } from "@grantkit/provider-facebook";
import { describeOwnFields } from "../../core/test/support/provider-own-fields.ts";

describeOwnFields({
  name: "provider-facebook",
  start: startFacebook,
  preset: facebook,
  makeClient: (options) => new FacebookClient(options),
});
