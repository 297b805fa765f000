import { randomUUID } from "node:crypto";
import { defineProvider, OAuth2Client } from "@grantkit/core";
import { CLIENT, type SharedWay, type SignIn } from "./shared-way.ts";
import type { StoreKind } from "./store-kind.ts";

/** Grantkit with a token store: each request opens the stored session and asks the API. */
export function stored(kind: StoreKind): SharedWay {
  const atOf = ({ servers }: SignIn): string => servers[kind.place] ?? "";
  return {
    server: kind.place,
    heeds401: true,
    async signIn(signIn) {
      const opened = await kind.open(atOf(signIn));
      const key = randomUUID();
      const token = { ...signIn.stored, expiresAt: signIn.expiresAt };
      await clientOf(signIn).storedSession({ store: opened.store, key, token });
      await opened.close();
      return key;
    },
    async open(signIn, key) {
      const opened = await kind.open(atOf(signIn));
      const { store } = opened;
      const client = clientOf(signIn);
      const call = async (): Promise<boolean> => {
        const session = await client.storedSession({ store, key });
        const { status } = await session.get("/me");
        return status === 200;
      };
      return { call, close: () => opened.close() };
    },
  };
}

function clientOf({ origin }: SignIn): OAuth2Client {
  const provider = defineProvider({
    name: "rotating",
    endpoints: { token: `${origin}/token` },
    api: { baseUrl: `${origin}/api` },
  });
  return new OAuth2Client(provider, CLIENT);
}
