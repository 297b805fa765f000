import * as entry from "@grantkit/provider-facebook";
import * as testing from "@grantkit/provider-facebook/testing";
import { testHandsOnAllOfCore } from "../../core/test/support/all-of-core.ts";

testHandsOnAllOfCore("provider-facebook", entry, testing);
