import { expect, it } from "@jest/globals";
import { sign } from "@grantkit/oauth1";

const signatureIn = (header: string | undefined): string =>
  decodeURIComponent(/oauth_signature="([^"]*)"/.exec(header ?? "")?.[1] ?? "");

it("OAuth Core 1.0, Appendix A.5: a photo", async () => {
  const { headers, url } = await sign(
    { url: "http://photos.example.net/photos?file=vacation.jpg&size=original" },
    {
      clientKey: "dpf43f3p2l4k3l03",
      clientSecret: "kd94hf93k423kf44",
      resourceOwnerKey: "nnch734d00sl2jdk",
      resourceOwnerSecret: "pfkkdhi9sl3r4s00",
      nonce: "kllo9940pd9333jh",
      timestamp: 1191242096,
    },
  );
  expect(url).toBe("http://photos.example.net/photos?file=vacation.jpg&size=original");
  expect(signatureIn(headers["Authorization"])).toBe("tR3+Ty81lMeYAr/Fid0kMTYa/WM=");
});

it.each([
  ["https://api.twitter.com/1/statuses/update.json", "tnnArxj06cWHq44gCs1OSKk/jLY="],
  ["https://api.twitter.com/1.1/statuses/update.json", "hCtSmYh+iHYCEqBWrE7C7hYmtUk="],
])("X, Creating a signature: %s", async (url, signature) => {
  const { headers } = await sign(
    {
      method: "POST",
      url: `${url}?include_entities=true`,
      body: { status: "Hello Ladies + Gentlemen, a signed OAuth request!" },
    },
    {
      clientKey: "xvz1evFS4wEEPTGEFPHBog",
      clientSecret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
      resourceOwnerKey: "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
      resourceOwnerSecret: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
      nonce: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
      timestamp: 1318622958,
    },
  );
  expect(signatureIn(headers["Authorization"])).toBe(signature);
});
