import * as entry from "@grantkit/oauth1";
import * as testing from "@grantkit/oauth1/testing";
import { testHandsOnAllOfCore } from "../../core/test/support/all-of-core.ts";

testHandsOnAllOfCore("oauth1", entry, testing);
