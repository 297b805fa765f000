/**
 * All of `@grantkit/core/testing`, for tests of apps that install this package only: clocks, and the conformance cases of a
 * token store.
 *
 * @packageDocumentation
 */
export * from "@grantkit/core/testing";
