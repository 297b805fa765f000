import { expect, it } from "@jest/globals";
import { discogs, flickr, type OAuth1EndpointOverrides, trello, tumblr, x } from "@grantkit/oauth1";

const LOCAL = "http://127.0.0.1:8080";
const EMULATOR = {
  requestToken: `${LOCAL}/request_token`,
  authorization: `${LOCAL}/authorize`,
  accessToken: `${LOCAL}/access_token`,
  api: `${LOCAL}/api`,
};
const NAMES = ["requestToken", "authorization", "accessToken", "api"] as const;
const PRESETS = { x, trello, tumblr, flickr, discogs };

it.each(Object.entries(PRESETS))(
  "the preset %s takes an emulator's endpoints as a whole",
  (_, preset) => {
    expect(preset({ endpoints: EMULATOR }).endpoints.accessToken).toBe(EMULATOR.accessToken);
    for (const name of NAMES) {
      const { [name]: _left, ...others } = EMULATOR;
      expect(() => preset({ endpoints: others })).toThrow(
        `endpoints.${name} is missing and would stay the real provider's`,
      );
    }
  },
);

it.each(NAMES)("an undefined %s does not mean the real provider's", (name) => {
  const endpoints = { ...EMULATOR, [name]: undefined } as unknown as OAuth1EndpointOverrides;
  expect(() => x({ endpoints })).toThrow(
    `endpoints.${name} is undefined: leave it out to keep the provider's own (is the environment variable set?)`,
  );
});
