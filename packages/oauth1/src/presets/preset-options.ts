import { ConfigurationError } from "@grantkit/core";
import type { OAuth1EndpointOverrides } from "../provider.ts";

/** What every preset takes. */
export interface PresetOptions {
  /** Other places for the provider's parts: the `endpoints` of an emulator. */
  readonly endpoints?: OAuth1EndpointOverrides;
}

/**
 * What takes the place of a preset's endpoints.
 *
 * @throws ConfigurationError for the endpoints themselves in the place of the options: requests would go to the real ones.
 */
export function overridesOf(
  provider: string,
  options: PresetOptions,
): OAuth1EndpointOverrides | undefined {
  if ("requestToken" in options || "authorization" in options || "accessToken" in options) {
    throw new ConfigurationError(
      `The provider ${provider}`,
      ["these are endpoints, and it takes options: pass { endpoints }"],
      provider,
    );
  }
  return options.endpoints;
}
