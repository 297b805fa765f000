import * as entry from "@grantkit/provider-microsoft";
import * as testing from "@grantkit/provider-microsoft/testing";
import { testHandsOnAllOfCore } from "../../core/test/support/all-of-core.ts";

testHandsOnAllOfCore("provider-microsoft", entry, testing);
