import { generateKeyPairSync } from "node:crypto";
import { defineOAuth1Provider, type OAuth1Provider } from "@grantkit/oauth1";

/** A client's keys, as long as X's are. */
export const CLIENT = {
  clientKey: "xvz1evFS4wEEPTGEFPHBog",
  clientSecret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
};

/** A user's token, as long as X's are. */
export const TOKEN = {
  resourceOwnerKey: "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
  resourceOwnerSecret: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
};

/** What is signed: a query and a form, with characters in both that have to be encoded. */
export const REQUEST = {
  method: "POST",
  url: "https://api.example.com/1.1/statuses/update.json?include_entities=true&place=Z%C3%BCrich%20HB",
  form: {
    status: "Hello Ladies + Gentlemen, a signed OAuth request!",
    lat: "47.3779",
    long: "8.5403",
    display_coordinates: "true",
  },
};

/** A provider of that API. */
export function exampleProvider(origin: string): OAuth1Provider {
  return defineOAuth1Provider({
    name: "example",
    endpoints: {
      requestToken: `${origin}/oauth/request_token`,
      authorization: `${origin}/oauth/authorize`,
      accessToken: `${origin}/oauth/access_token`,
    },
    api: { baseUrl: `${origin}/api` },
  });
}

/** An RSA key of 2048 bits, as a program reads it from a file. */
export function rsaPems(): { readonly privatePem: string; readonly publicPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return { privatePem: privateKey, publicPem: publicKey };
}
