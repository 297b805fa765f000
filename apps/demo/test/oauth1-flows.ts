import { expect } from "@jest/globals";
import { resultOf } from "./result-text.ts";
import { allow, PlainBrowser, type ServedDemo } from "./support.ts";

/** What a form is filled in with. */
type Fields = Readonly<Record<string, string>>;

/** Uses the flows of OAuth 1.0a as somebody without a screen. */
export class OAuth1Flows {
  readonly #served: () => ServedDemo;

  constructor(served: () => ServedDemo) {
    this.#served = served;
  }

  /** A new visitor. */
  browser(): PlainBrowser {
    return new PlainBrowser(this.#served().url);
  }

  /** Uses a flow, and returns what the workbench shows of it. */
  async use(visitor: PlainBrowser, flow: string, fields: Fields = {}): Promise<string> {
    const { headers } = await visitor.post(`/run/oauth1/${flow}`, {}, new URLSearchParams(fields));
    expect(headers.get("location")).toBe(`/?provider=oauth1&flow=${flow}#result`);
    return resultOf(visitor);
  }

  /** A visitor who has signed in. */
  async signedIn(fields: Fields = {}, user?: string): Promise<PlainBrowser> {
    const visitor = this.browser();
    await visitor.get(await allow(await visitor.signIn("oauth1", fields), user));
    return visitor;
  }

  /** Calls the API. */
  call(visitor: PlainBrowser, fields: Fields = {}): Promise<string> {
    return this.use(visitor, "oauth1-call", fields);
  }
}
