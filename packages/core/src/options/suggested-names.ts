/** What libraries and providers call one thing: whoever types one name for it means the one that is known here. */
const SYNONYMS: readonly (readonly string[])[] = [
  ["clientId", "clientKey", "consumerKey", "apiKey", "appId", "appKey"],
  ["clientSecret", "consumerSecret", "apiSecret", "apiKeySecret", "appSecret", "secret"],
  [
    "redirectUri",
    "callbackUri",
    "redirectUrl",
    "callbackUrl",
    "callback",
    "redirect",
    "oauthCallback",
  ],
  ["resourceOwnerKey", "token", "accessToken", "accessTokenKey", "oauthToken", "tokenKey"],
  ["resourceOwnerSecret", "tokenSecret", "accessTokenSecret", "accessSecret", "oauthTokenSecret"],
  ["verifier", "oauthVerifier"],
  ["privateKey", "rsaKey"],
  ["scope", "defaultScope", "scopes", "defaultScopes"],
  ["body", "data", "form"],
  ["onTokenUpdate", "tokenUpdater", "onTokenRefresh", "onRefresh", "saveToken"],
];

/**
 * The name that was probably meant: another word for the same thing, or the one that begins most alike, letter case and
 * underscores aside (scopes and scope, client_id and clientId).
 */
export function suggestName(name: string, known: ReadonlySet<string>): string | undefined {
  const typed = plainName(name);
  const synonyms = SYNONYMS.find((words) => words.some((word) => plainName(word) === typed));
  return synonyms?.find((word) => known.has(word)) ?? nearest(typed, known);
}

/** A name without letter case and underscores. */
export function plainName(name: string): string {
  return name.replaceAll(/[_-]/g, "").toLowerCase();
}

function nearest(typed: string, known: ReadonlySet<string>): string | undefined {
  let meant: string | undefined;
  let most = Math.max(3, Math.min(5, typed.length - 1)) - 1;
  for (const candidate of known) {
    const shared = sharedStart(typed, plainName(candidate));
    if (shared > most) [meant, most] = [candidate, shared];
  }
  return meant;
}

function sharedStart(a: string, b: string): number {
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared += 1;
  return shared;
}
