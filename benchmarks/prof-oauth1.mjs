import { OAuth1Session, sign, defineOAuth1Provider } from "@grantkit/oauth1";
const CLIENT = { clientKey: "xvz1evFS4wEEPTGEFPHBog", clientSecret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw" };
const TOKEN = { resourceOwnerKey: "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", resourceOwnerSecret: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE" };
const origin = "https://api.example.com";
const provider = defineOAuth1Provider({ name: "example", endpoints: { requestToken: `${origin}/r`, authorization: `${origin}/a`, accessToken: `${origin}/t` }, api: { baseUrl: `${origin}/api` } });
const token = { key: TOKEN.resourceOwnerKey, secret: TOKEN.resourceOwnerSecret };
const stubFetch = async () => new Response('{"a":1}', { headers: { "content-type": "application/json" } });
const adapter = async (config) => ({ data: '{"a":1}', status: 200, statusText: "OK", headers: {}, config, request: {} });
const session = new OAuth1Session({ ...CLIENT, provider, token, fetch: stubFetch, http: { adapter } });
import { OAuth2Client, defineProvider } from "@grantkit/core";
const p2 = defineProvider({ name: "example", endpoints: { token: `${origin}/t` }, api: { baseUrl: `${origin}/api` } });
const s2 = new OAuth2Client(p2, { clientId: "a", clientSecret: "b", redirectUri: "https://a.example/cb", fetch: stubFetch, http: { adapter } }).session({ accessToken: "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb" });
import axiosLib from "axios";
const bareAxios = axiosLib.create({ adapter });
const ways = {
  fetch2: async () => (await s2.fetch("/signed-user")).body?.cancel(),
  get2: () => s2.get("/signed-user"),
  bareGet: () => bareAxios.get(`${origin}/api/signed-user`),

  sign: () => sign({ method: "GET", url: `${origin}/api/signed-user` }, { ...CLIENT, ...TOKEN }),
  signForm: () => sign({ method: "POST", url: `${origin}/1.1/statuses/update.json?include_entities=true&place=Z%C3%BCrich%20HB`, body: { status: "Hello Ladies + Gentlemen, a signed OAuth request!", lat: "47.3779", long: "8.5403", display_coordinates: "true" } }, { ...CLIENT, ...TOKEN }),
  fetch: async () => (await session.fetch("/signed-user")).body?.cancel(),
  bareFetch: async () => (await stubFetch()).body?.cancel(),
  get: () => session.get("/signed-user"),
  newSession: () => new OAuth1Session({ ...CLIENT, provider, token }),
};
const [way = "sign", n = "20000"] = process.argv.slice(2);
const f = ways[way];
for (let i = 0; i < 5000; i++) await f();
let best = Infinity;
for (let r = 0; r < 7; r++) {
  const t = process.hrtime.bigint();
  for (let i = 0; i < +n; i++) await f();
  const us = Number(process.hrtime.bigint() - t) / 1e3 / +n;
  if (us < best) best = us;
}
console.log(way, best.toFixed(2), "µs");
