import type { IncomingMessage, ServerResponse } from "node:http";
import type { Interaction, Provider } from "oidc-provider";
import { ACCOUNTS } from "./accounts.ts";
import { consentPage, signInPage } from "./pages.ts";

const DENIED = { error: "access_denied", error_description: "The user said no." };

/** Asks the user who they are and whether the app may have what it asks for, and takes the answer. */
export async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const interaction = await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.setHeader("cache-control", "no-store");
    response.end(await pageOf(interaction));
    return;
  }
  const result = await resultOf(provider, interaction, await formOf(request));
  await provider.interactionFinished(request, response, result, {
    mergeWithLastSubmission: !("error" in result),
  });
}

function pageOf({ uid, prompt, params }: Interaction): Promise<string> {
  const action = `/interaction/${uid}`;
  if (prompt.name !== "consent") return signInPage(action);
  const { missingOIDCScope, missingResourceScopes, rar } = prompt.details as ConsentDetails;
  return consentPage(action, {
    client: String(params["client_id"]),
    scopes: missingOIDCScope ?? [],
    resources: Object.entries(missingResourceScopes ?? {}).map(
      ([resource, scopes]) => `${scopes.join(" ")} at ${resource}`,
    ),
    details: rar ?? [],
  });
}

interface ConsentDetails {
  readonly missingOIDCScope?: readonly string[];
  readonly missingOIDCClaims?: readonly string[];
  readonly missingResourceScopes?: Readonly<Record<string, readonly string[]>>;
  readonly rar?: readonly object[];
}

async function resultOf(
  provider: Provider,
  interaction: Interaction,
  form: URLSearchParams,
): Promise<object> {
  if (form.has("deny")) return DENIED;
  if (interaction.prompt.name === "consent") {
    return { consent: { grantId: await agree(provider, interaction) } };
  }
  const account = ACCOUNTS.find(({ id }) => id === form.get("account"));
  return account ? { login: { accountId: account.id } } : DENIED;
}

/** Keeps what the user agreed to. */
async function agree(
  provider: Provider,
  { grantId, session, params, prompt }: Interaction,
): Promise<string> {
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant =
    known ??
    new provider.Grant({
      accountId: session?.accountId ?? "",
      clientId: String(params["client_id"]),
    });
  const details = prompt.details as ConsentDetails;
  if (details.missingOIDCScope) grant.addOIDCScope(details.missingOIDCScope.join(" "));
  if (details.missingOIDCClaims) grant.addOIDCClaims(details.missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(details.missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(" "));
  }
  for (const detail of details.rar ?? []) grant.addRar(detail);
  return grant.save();
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let body = "";
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > 10_000) break;
  }
  return new URLSearchParams(body);
}
