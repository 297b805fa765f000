import { expect, it } from "@jest/globals";
import { defineProvider, OAuth2Client } from "@grantkit/core";
import type { AxiosAdapter } from "axios";
import { rejectionOf } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { signingKey } from "./support/faulty-provider.ts";

const KEY = signingKey("ES256", "first");

it("key sets are kept for a hundred providers at once; the next one takes the place of the oldest", async () => {
  const fetched: string[] = [];
  const adapter: AxiosAdapter = (config) => {
    fetched.push(config.url as string);
    const data = Buffer.from(JSON.stringify({ keys: [KEY.jwk] }));
    return Promise.resolve({ status: 200, statusText: "", headers: {}, data, config });
  };
  const shared = { clientId: "client", clock: new FakeClock(), http: { adapter } };
  const verify = async (index: number): Promise<void> => {
    const issuer = `https://id-${index}.example.com`;
    const provider = defineProvider({
      name: "example",
      issuer,
      endpoints: { token: `${issuer}/token`, jwks: `${issuer}/keys` },
    });
    await rejectionOf(new OAuth2Client(provider, shared).verifyIdToken("e30.e30.e30"));
    const header = Buffer.from('{"alg":"ES256","kid":"first"}').toString("base64url");
    await rejectionOf(new OAuth2Client(provider, shared).verifyIdToken(`${header}.e30.AAAA`));
  };
  for (let index = 0; index <= 100; index += 1) await verify(index);
  expect(fetched).toHaveLength(101);
  await verify(100);
  expect(fetched).toHaveLength(101);
  await verify(0);
  expect(fetched).toHaveLength(102);
});
