import { join } from "node:path";
import { SharedFile } from "./shared-file.ts";
import { CLIENT, isAnswered, type SharedWay } from "./shared-way.ts";

interface Account {
  readonly access_token: string;
  readonly refresh_token: string;
  /** Seconds since the epoch. */
  readonly expires_at: number;
}

/** Refreshes in a callback, as the guide of Auth.js to refresh token rotation has it: no lock, no second look. */
export const byHand: SharedWay = {
  heeds401: false,
  async signIn({ stored, expiresAt, folder }) {
    const path = join(folder, "account.json");
    await new SharedFile<Account>(path).write({
      access_token: stored.accessToken,
      refresh_token: stored.refreshToken,
      expires_at: Math.floor(expiresAt / 1000),
    });
    return path;
  },
  open({ origin }, path) {
    const accounts = new SharedFile<Account>(path);
    const call = async (): Promise<boolean> => {
      const account = await accounts.read();
      if (!account) return false;
      let { access_token: accessToken } = account;
      if (account.expires_at * 1000 < Date.now()) {
        const response = await fetch(`${origin}/token`, {
          method: "POST",
          body: new URLSearchParams({
            client_id: CLIENT.clientId,
            client_secret: CLIENT.clientSecret,
            grant_type: "refresh_token",
            refresh_token: account.refresh_token,
          }),
        });
        const tokens = (await response.json()) as Account & { readonly expires_in: number };
        if (!response.ok) return false;
        ({ access_token: accessToken } = tokens);
        await accounts.write({
          access_token: tokens.access_token,
          refresh_token: tokens.refresh_token,
          expires_at: Math.floor(Date.now() / 1000) + tokens.expires_in,
        });
      }
      return isAnswered(
        fetch(`${origin}/api/me`, { headers: { authorization: `Bearer ${accessToken}` } }),
      );
    };
    return Promise.resolve({ call, close: () => Promise.resolve() });
  },
};
