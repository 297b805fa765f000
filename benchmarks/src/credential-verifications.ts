import { GoogleClient } from "@grantkit/provider-google";
import { OAuth2Client as PeerClient } from "google-auth-library";
import { interleaved } from "./interleaved.ts";
import { type ProviderEmulators, withEmulators } from "./provider-emulators.ts";
import { rateRow, rateSide, type Way } from "./rates.ts";
import type { Row } from "./table.ts";

const BATCHES = [
  { count: 300, concurrency: 1 },
  { count: 320, concurrency: 64 },
];
const LENGTH = { warmUp: 3, rounds: 31 };

/** Credentials of Sign in with Google verified per second, with keys that are cached. */
export function credentialVerifications(): Promise<Row[]> {
  return withEmulators(async (emulators) => {
    const ours = grantkit(emulators);
    const peer = googleAuthLibrary(emulators);
    const rows: Row[] = [];
    for (const { operation } of [ours, peer]) await operation();
    const { keys } = await emulators.counts();
    for (const batch of BATCHES) {
      const sides = [ours, peer].map((way) => rateSide(way, batch));
      const figures = await interleaved(sides, LENGTH);
      const benchmark = `Google credential, ${batch.concurrency} at a time`;
      rows.push(rateRow(benchmark, figures, ours, peer, { atLeast: 1 }));
    }
    if ((await emulators.counts()).keys !== keys) throw new Error("A side has not cached the keys");
    return rows;
  });
}

function grantkit({
  google: { clientId, credential, endpoints, subject },
}: ProviderEmulators): Way {
  const name = "verifyCredential()";
  const client = new GoogleClient({ clientId, endpoints });
  return {
    name,
    async operation() {
      const { profile } = await client.verifyCredential(credential);
      if (profile.id !== subject) throw new Error(`${name}: a wrong user`);
    },
  };
}

function googleAuthLibrary({ google }: ProviderEmulators): Way {
  const { certificates, clientId, credential, endpoints, subject } = google;
  const name = "google-auth-library";
  const client = new PeerClient({
    clientId,
    issuers: [endpoints.issuer],
    endpoints: { oauth2FederatedSignonPemCertsUrl: certificates },
  });
  return {
    name,
    async operation() {
      const ticket = await client.verifyIdToken({ idToken: credential, audience: clientId });
      if (ticket.getUserId() !== subject) throw new Error(`${name}: a wrong user`);
    },
  };
}
