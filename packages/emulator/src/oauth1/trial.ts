import { queryParameters } from "../server/parameters.ts";
import { askForConsent } from "./authorization.ts";
import { mayCallBack } from "./consumers.ts";
import type { KnownConsumer } from "./consumers.ts";
import { issueRequestToken } from "./issue-tokens.ts";
import type { OAuth1World } from "./world.ts";

/** Where a browser gets a consent page without a request token, which takes a signature to ask for. */
export const TRIAL_PATH = "/emulator/try";

/** Serves the consent page of a request token that the emulator asks itself for. */
export function serveTrial(world: OAuth1World, consumer: KnownConsumer): void {
  world.app.get(TRIAL_PATH, (c) => {
    const parameters = queryParameters(c);
    const callback = parameters["oauth_callback"] ?? "oob";
    if (callback !== "oob" && !mayCallBack(consumer, callback)) {
      const text = "The oauth_callback is not one that the consumer registered.";
      return world.desk.say({ title: "The callback does not fit", text });
    }
    return askForConsent(world, issueRequestToken(world, consumer, callback), parameters);
  });
}
