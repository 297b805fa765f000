// The emulators of GitHub and Google in a process of their own: the event loop that is measured serves nobody. Started by
// provider-emulators.ts.
import { subscribe } from "node:diagnostics_channel";
import { type RecordedRequest, startGitHub, startGoogle } from "@grantkit/emulator";
import type { EmulatorCounts, EmulatorFacts } from "./provider-emulators.ts";

const counts: EmulatorCounts = { tokens: 0, keys: 0 };

// Counted as they come: the emulators' own logs keep the last 1,000 requests.
subscribe("@grantkit/emulator:answered", (message) => {
  const { method, path, status } = message as RecordedRequest;
  if (path.endsWith("/certs")) counts.keys += 1;
  else if (method === "POST" && status < 300 && isTokenPath(path)) counts.tokens += 1;
});

function isTokenPath(path: string): boolean {
  return path === "/token" || path.endsWith("/access_tokens");
}

const github = await startGitHub({ appType: "github-app" });
const google = await startGoogle();
const facts: EmulatorFacts = {
  github: {
    clientId: github.clientId,
    endpoints: github.endpoints,
    installationId: github.installationIds[0] ?? 0,
    privateKey: await github.createAppKey(),
  },
  google: {
    clientId: google.clientId,
    certificates: `${google.origin}/oauth2/v1/certs`,
    credential: await google.createCredential(),
    endpoints: google.endpoints,
    key: await google.createServiceAccount(),
    subject: google.users[0]?.sub ?? "",
  },
};
process.send?.(facts);
process.on("message", () => process.send?.(counts));
process.on("disconnect", () => process.exit());
