import * as entry from "@grantkit/provider-acme";
import * as testing from "@grantkit/provider-acme/testing";
import { testHandsOnAllOfCore } from "../../core/test/support/all-of-core.ts";

testHandsOnAllOfCore("provider-acme", entry, testing);
