/**
 * What tests of apps and of token stores need: time that passes when a test says so, and the promises of a
 * `TokenStore` as test cases.
 *
 * @packageDocumentation
 */
export { FakeClock } from "./fake-clock.ts";
export { tokenStoreConformance } from "./token-store-conformance.ts";
export type { ConformanceCase, TokenStoreHarness } from "./token-store-conformance.ts";
