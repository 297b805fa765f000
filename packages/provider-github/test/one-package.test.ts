import * as entry from "@grantkit/provider-github";
import * as testing from "@grantkit/provider-github/testing";
import { testHandsOnAllOfCore } from "../../core/test/support/all-of-core.ts";

testHandsOnAllOfCore("provider-github", entry, testing);
