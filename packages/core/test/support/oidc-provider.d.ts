/** The part of oidc-provider that the tests use. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  /** Errors that a configuration's functions throw. */
  export const errors: { readonly InvalidTarget: new () => Error };

  // eslint-disable-next-line import/no-default-export -- it is how the package exports it
  export default class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  }
}

/** Where oidc-provider keeps its tokens by default. */
declare module "oidc-provider/lib/adapters/memory_adapter.js" {
  export function createMemoryAdapter(): (model: string) => object;
}
