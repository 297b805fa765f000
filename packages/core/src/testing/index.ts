/**
 * For tests of apps and of token stores: clocks that a test advances or that advance by themselves, and the conformance
 * cases of a `TokenStore`.
 *
 * @packageDocumentation
 */
export { AutoAdvancingClock } from "./auto-advancing-clock.ts";
export { FakeClock } from "./fake-clock.ts";
export { tokenStoreConformance } from "./token-store-conformance.ts";
export type { ConformanceCase, TokenStoreHarness } from "./token-store-conformance.ts";
