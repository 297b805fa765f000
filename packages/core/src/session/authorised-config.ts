import type { InternalAxiosRequestConfig } from "axios";
import { OAuthError } from "../errors/oauth-error.ts";
import { placeInBody, type ResolvedPlacement } from "../http/token-placement.ts";
import type { Token } from "../tokens/token.ts";
import { hooked, withToken } from "./authorisation.ts";
import { placementOf } from "./proven-request.ts";
import type { RequestingSession } from "./session-context.ts";

/** Places the token in a config that nobody but the adapter sees. */
export async function authorise(
  session: RequestingSession,
  wire: InternalAxiosRequestConfig,
  token: Token,
): Promise<void> {
  const { context } = session;
  const { hooks, provider } = context.client;
  let placement: ResolvedPlacement | undefined = placementOf(session, token);
  if (hooks.has("protectedRequest")) {
    const plain = Object.fromEntries(
      Object.entries(wire.headers.toJSON()).map(([name, value]) => [
        name.toLowerCase(),
        String(value),
      ]),
    );
    const url = new URL(wire.url as string);
    const changed = await hooked(
      session,
      { url, method: wire.method as string, headers: plain, body: wire.data as unknown },
      token,
    );
    wire.url = context.origins.resolve(changed.url.href, session.allowedOrigins).href;
    wire.method = changed.method;
    for (const name of Object.keys(plain)) wire.headers.delete(name);
    wire.headers.set({ ...changed.headers });
    wire.data = changed.body;
    placement = changed.placement;
  }
  if (!placement) return;
  if (placement.in === "header") {
    wire.headers.set("Authorization", `${placement.name} ${token.accessToken}`, true);
    return;
  }
  wire.headers.delete("Authorization");
  if (placement.in === "query") {
    wire.url = withToken(new URL(wire.url as string), placement, token);
    return;
  }
  const type = wire.headers.getContentType();
  const isForm = /^application\/x-www-form-urlencoded/i.test(typeof type === "string" ? type : "");
  const hasBody = wire.data !== undefined && wire.data !== null;
  const form =
    /^(?:GET|HEAD)$/.test(wire.method as string) || (hasBody && !isForm)
      ? undefined
      : placeInBody(wire.data, placement.name, token.accessToken);
  if (!form) {
    throw new OAuthError(
      "TOKEN_INVALID",
      'tokenPlacement: "body" needs a request with a form body (RFC 6750 §2.2). Send URLSearchParams, or choose another placement.',
      { provider: provider.name },
    );
  }
  wire.data = form.toString();
  wire.headers.setContentType("application/x-www-form-urlencoded");
}
