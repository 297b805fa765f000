import type { OAuth1EndpointOverrides } from "../provider.ts";

/** What every preset takes. */
export interface PresetOptions {
  /** Other places for the provider's parts: the `endpoints` of an emulator. */
  readonly endpoints?: OAuth1EndpointOverrides;
}
