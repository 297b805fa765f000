import { writeSync } from "node:fs";
import { defineProvider, OAuth2Client } from "@grantkit/core";
import { SharedStore } from "./shared-store.ts";

/** A process of an app: refreshes the token of one record, and tells what it does. */
const [origin = "", storeUrl = "", key = ""] = process.argv.slice(2);
const tell = (text: string): number => writeSync(1, `${text}\n`);

const provider = defineProvider({
  name: "example",
  endpoints: { token: `${origin}/token` },
  api: { baseUrl: `${origin}/api` },
});
const client = new OAuth2Client(provider, { clientId: "client-id", clientSecret: "secret" });

class TellingStore extends SharedStore {
  override withLock: SharedStore["withLock"] = async (name, limits, work) => {
    const result = await super.withLock(name, limits, async (lease) => {
      tell("locked");
      return work(lease);
    });
    tell("unlocked");
    return result;
  };
}

const session = await client.storedSession({ store: new TellingStore(storeUrl), key });
const { data } = await session.get<unknown>("/me");
tell(`answered ${JSON.stringify(data)} with ${session.token.accessToken}`);
