/**
 * For tests of apps and of token stores: a clock that a test advances, and the conformance cases of a `TokenStore`.
 *
 * @packageDocumentation
 */
export { FakeClock } from "./fake-clock.ts";
export { tokenStoreConformance } from "./token-store-conformance.ts";
export type { ConformanceCase, TokenStoreHarness } from "./token-store-conformance.ts";
