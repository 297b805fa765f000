import type { OAuth2ClientOptions } from "@grantkit/core";
import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import type { LookupFunction } from "node:net";

const lookup: LookupFunction = (_hostname, { all }, found) => {
  if (all) found(null, [{ address: "127.0.0.1", family: 4 }]);
  else found(null, "127.0.0.1", 4);
};

/**
 * Client options under which every host name is this machine, as one is in docker-compose: `keycloak`, `id.acme.example`.
 *
 * @param ca - The certificate that https servers have.
 */
export function namedHosts(ca?: Buffer): Required<Pick<OAuth2ClientOptions, "http" | "fetch">> {
  const checkServerIdentity = (): undefined => undefined;
  return {
    http: {
      proxy: false,
      httpAgent: new Agent({ lookup }),
      httpsAgent: new SecureAgent({ lookup, ca, checkServerIdentity }),
    },
    fetch: (input, init) => {
      const url = new URL(input);
      url.hostname = "127.0.0.1";
      return fetch(url, init);
    },
  };
}

/** A server's origin under another host name. */
export function named(host: string, origin: string): string {
  return `http://${host}:${new URL(origin).port}`;
}
