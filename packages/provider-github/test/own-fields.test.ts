import { startGitHub } from "@grantkit/emulator";
import { github, GitHubClient } from "@grantkit/provider-github";
import { describeOwnFields } from "../../core/test/support/provider-own-fields.ts";

describeOwnFields({
  name: "provider-github",
  start: startGitHub,
  preset: github,
  makeClient: (options) => new GitHubClient(options),
});
