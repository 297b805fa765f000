import { type CredentialLookup, type ReceivedRequest, verify } from "@grantkit/oauth1";
import { ErrorPage } from "../error-page.ts";
import type { Flow } from "../flows/flow.ts";
import type { FormValues } from "../flows/form-values.ts";
import type { Visitor } from "../visitors.ts";
import type { OAuth1Target } from "./oauth1-target.ts";
import { parseRequest, receivedRequest } from "./received-request.ts";

/** The verification of a signed request, as its receiver does it (RFC 5849 §3.2). */
export const oauth1Verification: Flow<OAuth1Target> = {
  protocol: "oauth1",
  id: "oauth1-verify",
  title: "Verify a request",
  group: "Inspect",
  teaser:
    "Checks a signed request as a server does, for webhooks and LTI launches (RFC 5849 §3.2).",
  button: () => "Verify",
  fields: () => [
    {
      name: "received",
      label: "Request",
      hint: "Method and URL, headers, an empty line and the body. Empty: the last request that was sent here.",
      kind: "lines",
    },
    {
      name: "client_secret",
      label: "Client secret",
      hint: "Empty: that of the app here.",
      kind: "secret",
      more: true,
    },
    {
      name: "token_secret",
      label: "Token secret",
      hint: "Empty: that of the token that you hold.",
      kind: "secret",
      more: true,
    },
    {
      name: "window",
      label: "Seconds that clocks may differ",
      kind: "text",
      initial: "300",
      more: true,
    },
    { name: "copies", label: "Accept a copy of a request", kind: "box", more: true },
  ],
  run: async ({ target, values, visitor }) => {
    const text = values.text("received");
    const request = text === undefined ? lastSent(visitor, target) : parseRequest(text);
    const window = values.number("window");
    const verified = await verify(request, lookupOf(target, values, visitor), {
      ...(window !== undefined && { timestampWindow: window }),
      ...(values.isOn("copies") && { useNonce: false }),
      // The nonces of a playground are forgotten with it.
      clock: target.clock,
    });
    return {
      title: "The request is good",
      text: "Every check passed: form, signature method, timestamp, client, signature, body hash and nonce.",
      data: { ...verified, parameters: Object.fromEntries(verified.parameters) },
    };
  },
  code: (_target, values) => {
    const window = values.number("window") ?? 300;
    const options = [
      ...(window === 300 ? [] : [`timestampWindow: ${window}`]),
      ...(values.isOn("copies") ? ["useNonce: false"] : []),
    ];
    return `import { verify } from "@grantkit/oauth1";

declare function tokenSecretOf(token: string | undefined): string | undefined;

export async function receive(request: Request) {
  return verify(
    request,
    (clientKey, { resourceOwnerKey }) =>
      clientKey === process.env["CLIENT_KEY"]
        ? {
            clientSecret: process.env["CLIENT_SECRET"] ?? "",
            resourceOwnerSecret: tokenSecretOf(resourceOwnerKey),
          }
        : undefined,${options.length > 0 ? `\n    { ${options.join(", ")} },` : ""}
  );
}
`;
  },
};

function lastSent(visitor: Visitor, target: OAuth1Target): ReceivedRequest {
  const sent = visitor.runs.all
    .filter((run) => run.target.id === target.id)
    .flatMap(({ exchanges }) => exchanges.toReversed())
    .find(({ between }) => between === "demo → provider");
  if (sent) return receivedRequest(sent);
  throw new ErrorPage(400, {
    title: "Nothing was sent yet",
    text: "Sign in or call the API first, or paste a request.",
    code: "NO_REQUEST",
  });
}

/** Finds the credentials: what the person typed in, or else what the target and the visitor have. */
function lookupOf(
  target: OAuth1Target,
  values: FormValues,
  { oauth1Tokens }: Visitor,
): CredentialLookup {
  return async (clientKey, claimed) => {
    const clientSecret = values.text("client_secret");
    const app =
      clientSecret === undefined ? await target.lookup(clientKey, claimed) : { clientSecret };
    if (!app || claimed.resourceOwnerKey === undefined) return app;
    const held = oauth1Tokens.get(target.id);
    const ofHeld = held?.key === claimed.resourceOwnerKey ? held.secret : undefined;
    return { ...app, resourceOwnerSecret: values.text("token_secret") ?? ofHeld };
  };
}
