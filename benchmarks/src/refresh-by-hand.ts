import type { OpenStore } from "./store-kind.ts";

/** A stored token as people keep one by hand. */
interface Kept {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
}

/** Refreshes a token that a store's driver keeps: a read, the token request and a write, and nothing against a race. */
export class RefreshByHand {
  readonly #driver: OpenStore;
  readonly #endpoint: string;

  constructor(driver: OpenStore, endpoint: string) {
    this.#driver = driver;
    this.#endpoint = endpoint;
  }

  async signIn(kept: Kept): Promise<void> {
    await this.#driver.write(JSON.stringify(kept));
  }

  async refresh(): Promise<void> {
    const kept = JSON.parse(await this.#driver.read()) as Kept;
    const response = await fetch(this.#endpoint, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: kept.refreshToken,
        client_id: "benchmarks",
        client_secret: "benchmarks-secret",
      }),
    });
    const answer = (await response.json()) as Readonly<Record<string, string>>;
    if (response.status !== 200) throw new Error(`Refused: ${answer["error"]}`);
    const next = {
      ...kept,
      accessToken: answer["access_token"],
      refreshToken: answer["refresh_token"],
      expiresAt: Date.now() + Number(answer["expires_in"]) * 1000,
    };
    await this.#driver.write(JSON.stringify(next));
  }
}
