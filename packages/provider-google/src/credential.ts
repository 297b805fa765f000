import { type IdTokenClaims, OAuthError, type OAuth2Client } from "@grantkit/core";
import {
  headerOf,
  isRequest,
  type NodeRequest,
  optionProblems,
  type OptionRules,
  readPostedForm,
  sameSecret,
  throwProblems,
} from "@grantkit/core/requests";
import { isOfDomain, mustBeHostedDomain } from "./hosted-domain.ts";
import { type GoogleProfile, googleProfile } from "./profile.ts";

const CSRF = "g_csrf_token";

/** What a credential must be beyond Google's signature and your client ID. */
export interface VerifyCredentialOptions {
  /** The nonce that your page gave to Google (`data-nonce`). */
  readonly nonce?: string;
  /** The Workspace domain that the user must belong to, or several of which it must be one; `*` is any. */
  readonly hostedDomain?: string | readonly string[];
}

/** A user whom One Tap or the button of Sign in with Google has signed in. */
export interface GoogleCredential {
  /** The verified claims. */
  readonly claims: IdTokenClaims;
  /** The user's profile, made of the claims. Identify the user by its `id`. */
  readonly profile: GoogleProfile;
  /** How the user chose the account (`select_by`), for example `btn` or `user_1tap`; of a posted form only. */
  readonly selectBy?: string | undefined;
  /** The `data-state` of the button that was clicked; of a posted form only. It is not verified. */
  readonly state?: string | undefined;
}

const RULES: OptionRules<VerifyCredentialOptions> = {
  nonce: (value, name, options) =>
    name in options && typeof value !== "string"
      ? ["nonce must be the one that your page sent: leave it out where it sent none"]
      : [],
  hostedDomain: mustBeHostedDomain,
};

/** Verifies what One Tap or the button of Sign in with Google gave to a page, or posted; see `GoogleClient`. */
export async function verifyCredential(
  client: OAuth2Client,
  given: string | Request | NodeRequest,
  options: VerifyCredentialOptions,
): Promise<GoogleCredential> {
  const { name } = client.provider;
  throwProblems("verifyCredential()", optionProblems(options, RULES), name);
  const { nonce, hostedDomain } = options;
  const posted = typeof given === "string" ? undefined : await readForm(name, given);
  const credential = typeof given === "string" ? given : only(posted, "credential");
  if (!credential) {
    const message =
      "There is no credential. Pass the field credential, or the POST request itself.";
    throw new OAuthError("CALLBACK_INVALID", message, { provider: name });
  }
  const claims = await client.verifyIdToken(credential, nonce === undefined ? {} : { nonce });
  const profile = googleProfile(claims);
  if (hostedDomain !== undefined && !isOfDomain(profile.hostedDomain, hostedDomain)) {
    const message = `The credential of ${name} was refused: hd is not a domain of the option hostedDomain. Let the user choose a work account.`;
    throw new OAuthError("ID_TOKEN_INVALID", message, { provider: name, details: { claim: "hd" } });
  }
  if (!posted) return { claims, profile };
  return { claims, profile, selectBy: only(posted, "select_by"), state: only(posted, "state") };
}

/**
 * Reads the form that Google's script posts to `login_uri`, after its double submit: the script puts the same random value
 * into the form and into a cookie of your site, which other sites can neither read nor set.
 */
async function readForm(
  provider: string,
  request: Request | NodeRequest,
): Promise<URLSearchParams> {
  const advice =
    "Pass the request itself; where your page sends JSON, pass the credential that is in it.";
  const form = await readPostedForm(provider, request, advice);
  const sent = only(form, CSRF);
  const kept = isRequest(request) ? cookieOf(headerOf(request, "cookie")) : undefined;
  if (sent && kept && sameSecret(sent, kept)) return form;
  const what = kept ? "is not that of the form" : "is missing, empty or there twice";
  const message = `The request does not come from a page of yours: the cookie ${CSRF} ${what}. Serve login_uri on the page's own site, and let the user click again.`;
  throw new OAuthError("STATE_MISMATCH", message, { provider, details: { parameter: CSRF } });
}

/** Gives the value of the cookie; undefined for two of that name, one of which somebody else has set. */
function cookieOf(header: string): string | undefined {
  const values = header
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${CSRF}=`));
  return values.length === 1 ? values[0]?.slice(CSRF.length + 1) : undefined;
}

function only(form: URLSearchParams | undefined, name: string): string | undefined {
  const values = form?.getAll(name) ?? [];
  return values.length === 1 ? values[0] : undefined;
}
