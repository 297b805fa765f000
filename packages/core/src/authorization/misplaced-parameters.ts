/** Parameters of OpenID Connect Core §3.1.2.1, and those that several providers have. */
const OF_PROVIDERS = new Set([
  "access_type",
  "acr_values",
  "approval_prompt",
  "audience",
  "claims",
  "claims_locales",
  "display",
  "domain_hint",
  "id_token_hint",
  "login_hint",
  "organization",
  "prompt",
  "ui_locales",
]);

/** Options of an authorization request that belong elsewhere, by name, each with the sentence that says so. */
export function misplacedParameters(
  options: object,
  known: object,
  reserved: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of Object.keys(options)) {
    const parameter = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const option = name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
    if (Object.hasOwn(known, name) || Object.hasOwn(known, option)) continue;
    if (OF_PROVIDERS.has(parameter)) {
      const advice = `pass it as parameters: { ${parameter}: … }`;
      found.set(name, `${name} is a parameter of the provider: ${advice}`);
    } else if (reserved.has(parameter)) {
      found.set(name, `${name} is set by the client itself`);
    }
  }
  return found;
}
