import { expect, it } from "@jest/globals";
import { startOAuth1 } from "../../src/index.ts";
import { fields, send } from "../support/oauth1-consumer.ts";
import { closedAfterEach } from "../support/running.ts";
const running = closedAfterEach();
it("dances", async () => {
  const emulator = await running(startOAuth1());
  const consumer = { key: emulator.clientId, secret: emulator.clientSecret };
  const { endpoints } = emulator;
  const temporary = await fields(
    send(
      { ...consumer, oauth: { oauth_callback: "http://localhost:3000/cb?x=%20y" } },
      { url: endpoints.requestToken, verb: "POST" },
    ),
  );
  const callback = await emulator.authorize(
    `${endpoints.authorization}?oauth_token=${temporary["oauth_token"]}`,
  );
  const verifier = new URL(callback).searchParams.get("oauth_verifier") ?? "";
  const access = await fields(
    send(
      {
        ...consumer,
        token: temporary["oauth_token"] ?? "",
        tokenSecret: temporary["oauth_token_secret"] ?? "",
        oauth: { oauth_verifier: verifier },
      },
      { url: endpoints.accessToken, verb: "POST" },
    ),
  );
  const me = await send(
    {
      ...consumer,
      token: access["oauth_token"] ?? "",
      tokenSecret: access["oauth_token_secret"] ?? "",
    },
    { url: `${endpoints.api}/me` },
  );
  expect(me.status).toBe(200);
});
