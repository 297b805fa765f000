export { FakeClock } from "@grantkit/core/testing";
