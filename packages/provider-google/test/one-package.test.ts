import * as entry from "@grantkit/provider-google";
import * as testing from "@grantkit/provider-google/testing";
import { testHandsOnAllOfCore } from "../../core/test/support/all-of-core.ts";

testHandsOnAllOfCore("provider-google", entry, testing);
