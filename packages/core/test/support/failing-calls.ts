import { MemoryTokenStore, OAuth2Client, type ProviderDefinition } from "@grantkit/core";
import { callbackOf, ExampleProvider } from "./example-provider.ts";

/** An app whose calls all fail: tells the stack of each error. Without Jest, which adds frames and listens to promises. */
const example = await ExampleProvider.start();
example.token = () => ({ status: 400, body: { error: "invalid_grant" } });

function client(definition: Partial<ProviderDefinition> = {}): OAuth2Client {
  const at = (path: string): string => `${example.origin}${path}`;
  return example.client(
    {},
    {
      endpoints: {
        authorization: at("/authorize"),
        token: at("/token"),
        userInfo: "/me",
        revocation: at("/token"),
        introspection: at("/token"),
        deviceAuthorization: at("/token"),
        pushedAuthorization: at("/token"),
      },
      ...definition,
    },
  );
}

/** A port at which nobody listens. */
const unreachable = { token: "http://127.0.0.1:1/token" };
const bearer = { accessToken: "at-stack-0001" };
const expired = { ...bearer, refreshToken: "rt-stack-0001", issuedAt: 0, expiresAt: 1 };

async function withRequest(
  answer: (parameters: Record<string, string>) => Record<string, string>,
  definition: Partial<ProviderDefinition> = {},
): Promise<unknown> {
  const signingIn = client(definition);
  const request = await signingIn.authorizationRequest();
  return callingLine(() => signingIn.fetchToken(callbackOf(request, answer({})), request));
}

/** The line of the app. */
async function callingLine(call: () => unknown): Promise<unknown> {
  return await call();
}

const CALLS: Readonly<Record<string, () => unknown>> = {
  "fetchToken() with a forged callback": () => withRequest(() => ({ state: "forged" })),
  "fetchToken() with a denial": () => withRequest(() => ({ error: "access_denied" })),
  "fetchToken() that the provider refuses": () => withRequest((same) => same),
  "fetchToken() at an unreachable provider": () =>
    withRequest((same) => same, {
      endpoints: { authorization: "https://a.example", ...unreachable },
    }),
  "fetchTokenByCode()": () => client().fetchTokenByCode("c", { redirectUri: "postmessage" }),
  "session.fetch() of another origin": () => client().session(bearer).fetch("https://evil.example"),
  "fetchToken() with a wrong request": () => client().fetchToken("/?code=c", {} as never),
  "authorizationRequest() with wrong options": () =>
    client().authorizationRequest({ scopes: [] } as object),
  "authorizationRequest() that is pushed": () => client().authorizationRequest({ pushed: true }),
  "refreshToken()": () => client().refreshToken(expired),
  "refreshToken() with options": () => client().refreshToken(expired, { scope: ["a"] }),
  "revokeToken()": () => client().revokeToken("at"),
  "introspectToken()": () => client().introspectToken("at"),
  "fetchDeviceAuthorization()": () => client().fetchDeviceAuthorization(),
  "fetchClientCredentialsToken()": () => client().fetchClientCredentialsToken(),
  "fetchPasswordToken()": () => client().fetchPasswordToken({ username: "u", password: "p" }),
  "exchangeToken()": () =>
    client().exchangeToken({ subjectToken: "t", subjectTokenType: "access_token" }),
  "discover() of a missing document": () =>
    OAuth2Client.discover(`${example.origin}/none`, { clientId: "c" }),
  "discover() of an unreachable server": () =>
    OAuth2Client.discover("http://127.0.0.1:1", { clientId: "c", retries: false }),
  "verifyIdToken()": () => client().verifyIdToken("no.jwt.here"),
  "profile()": () => client().profile(bearer),
  "session.get() of another origin": () => client().session(bearer).get("https://evil.example"),
  "session.get() with a refresh that is refused": () => client().session(expired).get("/x"),
  "session.get() of an error status": () => client().session(bearer).get("/x"),
  "session.get() of an unreachable API": () =>
    client({ api: { baseUrl: "http://127.0.0.1:1" } })
      .session(bearer)
      .get("/x"),
  "session.fetch() of an unreachable API": () =>
    client({ api: { baseUrl: "http://127.0.0.1:1" } })
      .session(bearer)
      .fetch("/x"),
  "session.fetch() with a refresh that is refused": () => client().session(expired).fetch("/x"),
  "session.refresh()": () => client().session(expired).refresh(),
  "session.revoke()": () => client().session(expired).revoke(),
  "clientCredentialsSession().get()": () => client().clientCredentialsSession().get("/x"),
  "storedSession() without a token": () =>
    client().storedSession({ store: new MemoryTokenStore(), key: "nobody" }),
};

const stacks: Record<string, string | undefined> = {};
for (const [name, call] of Object.entries(CALLS)) {
  await callingLine(call).catch((error: unknown) => {
    stacks[name] = (error as Error).stack;
  });
}
const limits = [Error.stackTraceLimit, 0];
Error.stackTraceLimit = 0;
const [unwanted] = await Promise.allSettled([client().fetchToken("/", {} as never)]);
limits[1] = Error.stackTraceLimit;
const { stack: unasked } = (unwanted as PromiseRejectedResult).reason as Error;
process.stdout.write(JSON.stringify({ calls: Object.keys(CALLS), stacks, limits, unasked }));
await example.close();
