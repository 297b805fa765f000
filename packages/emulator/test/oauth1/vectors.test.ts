import { expect, it } from "@jest/globals";
import { bytesOf } from "../../src/oauth1/percent-encoding.ts";
import {
  signatureBaseString,
  signatureFits,
  signatureMethods,
} from "../../src/oauth1/signatures.ts";
import type { SignatureMethod } from "../../src/oauth1/signatures.ts";

const PRINTER = { oauth_consumer_key: "dpf43f3p2l4k3l03", oauth_signature_method: "HMAC-SHA1" };

const fits = (
  signature: string,
  request: readonly [verb: string, uri: string, parameters: Record<string, string>],
  consumerSecret: string,
  tokenSecret: string = "",
): boolean => {
  const [verb, uri, parameters] = request;
  const pairs = Object.entries(parameters).map(([name, value]) => ({
    name: bytesOf(name),
    value: bytesOf(value),
  }));
  const base = signatureBaseString(verb, uri, pairs);
  const method = signatureMethods.get("HMAC-SHA1") as SignatureMethod;
  return signatureFits(method, signature, base, {
    consumerSecret,
    tokenSecret,
    publicKey: undefined,
  });
};

it("reproduces the chain of RFC 5849 section 1.2", () => {
  const initiate = {
    ...PRINTER,
    oauth_timestamp: "137131200",
    oauth_nonce: "wIjqoS",
    oauth_callback: "http://printer.example.com/ready",
  };
  const token = {
    ...PRINTER,
    oauth_token: "hh5s93j4hdidpola",
    oauth_timestamp: "137131201",
    oauth_nonce: "walatlh",
    oauth_verifier: "hfdp7dh39dks9884",
  };
  const photos = {
    ...PRINTER,
    file: "vacation.jpg",
    size: "original",
    oauth_token: "nnch734d00sl2jdk",
    oauth_timestamp: "137131202",
    oauth_nonce: "chapoH",
  };
  const site = "photos.example.net";
  const secret = "kd94hf93k423kf44";
  expect([
    fits("74KNZJeDHnMBp0EMJ9ZHt/XKycU=", ["POST", `https://${site}/initiate`, initiate], secret),
    fits(
      "gKgrFCywp7rO0OXSjdot/IHF7IU=",
      ["POST", `https://${site}/token`, token],
      secret,
      "hdhd0244k9j7ao03",
    ),
    fits(
      "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
      ["GET", `http://${site}/photos`, photos],
      secret,
      "pfkkdhi9sl3r4s00",
    ),
  ]).toEqual([true, true, true]);
  expect(
    fits("74KNZJeDHnMBp0EMJ9ZHt/XKycU=", ["GET", `https://${site}/initiate`, initiate], secret),
  ).toBe(false);
});

it("reproduces OAuth Core 1.0 appendix A and the example of Twitter's documentation", () => {
  const appendix = {
    ...PRINTER,
    file: "vacation.jpg",
    size: "original",
    oauth_token: "nnch734d00sl2jdk",
    oauth_timestamp: "1191242096",
    oauth_nonce: "kllo9940pd9333jh",
    oauth_version: "1.0",
  };
  expect(
    fits(
      "tR3+Ty81lMeYAr/Fid0kMTYa/WM=",
      ["GET", "http://photos.example.net/photos", appendix],
      "kd94hf93k423kf44",
      "pfkkdhi9sl3r4s00",
    ),
  ).toBe(true);
  const status = {
    status: "Hello Ladies + Gentlemen, a signed OAuth request!",
    include_entities: "true",
    oauth_consumer_key: "xvz1evFS4wEEPTGEFPHBog",
    oauth_nonce: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
    oauth_signature_method: "HMAC-SHA1",
    oauth_timestamp: "1318622958",
    oauth_token: "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
    oauth_version: "1.0",
  };
  expect(
    fits(
      "tnnArxj06cWHq44gCs1OSKk/jLY=",
      ["post", "https://api.twitter.com/1/statuses/update.json", status],
      "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
      "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    ),
  ).toBe(true);
});

it("computes the base string of RFC 5849 section 3.4.1.1 and the signature of its erratum 2550", () => {
  const pairs = [
    ["b5", "=%3D"],
    ["a3", "a"],
    ["c@", ""],
    ["a2", "r b"],
    ["c2", ""],
    ["a3", "2 q"],
    ["oauth_consumer_key", "9djdj82h48djs9d2"],
    ["oauth_token", "kkk9d7dh3k39sjv7"],
    ["oauth_signature_method", "HMAC-SHA1"],
    ["oauth_timestamp", "137131201"],
    ["oauth_nonce", "7d8f3e4a"],
  ].map(([name = "", value = ""]) => ({ name, value }));
  const base = signatureBaseString("POST", "http://example.com/request", pairs);
  expect(base).toBe(
    "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7",
  );
  const fitting = ["r6/TJjbCOr97/+UU0NsvSne7s5g=", "bYT5CMsGcbgUdFHObYMEfcx6bsw="].map(
    (signature) =>
      signatureFits({ kind: "hmac", digest: "sha1" }, signature, base, {
        consumerSecret: "j49sk3j29djd",
        tokenSecret: "dh893hdasih9",
        publicKey: undefined,
      }),
  );
  expect(fitting).toEqual([true, false]);
});
