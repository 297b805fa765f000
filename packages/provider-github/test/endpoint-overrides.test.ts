import { startGitHub } from "@grantkit/emulator";
import { GitHubClient } from "@grantkit/provider-github";
import { testEndpointsAreAllOrNothing } from "../../core/test/support/provider-endpoints.ts";

testEndpointsAreAllOrNothing(
  startGitHub,
  (endpoints) => new GitHubClient({ clientId: "client-id", endpoints }),
);
