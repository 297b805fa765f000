import { isSecureUrl } from "../http/loopback.ts";
import {
  isObject,
  must,
  mustBeListOf,
  type OptionRule,
  optionProblems,
  type OptionRules,
} from "../options/option-rules.ts";
import { ownFields, ownOptions } from "../options/own-fields.ts";

/**
 * The issuer of a provider with many tenants, each of which is an issuer of its own.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer
 */
export interface IssuerTemplate {
  /**
   * The issuer with claims in braces, for example `https://login.example.com/{tid}/v2.0`. Each placeholder is a whole
   * segment of the path, filled from the ID token's own claim of that name: `iss` must then equal it exactly.
   */
  readonly template: string;
  /**
   * The values that a claim of the template may have, for example `{ tid: ["8eaef023-…"] }`: only users of these tenants
   * can sign in.
   *
   * @defaultValue any: everybody with an account at the provider can sign in
   */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /**
   * The values that a claim of the template must not have: users of these tenants cannot sign in.
   *
   * @defaultValue none
   */
  readonly except?: Readonly<Record<string, readonly string[]>>;
}

/** One issuer, or a template for the issuers of a provider's tenants. */
export type Issuer = string | IssuerTemplate;

const PLACEHOLDER = /^\{(\w+)\}$/;
/** What fills a placeholder: no slash, and no segment that a URL parser would take for another path. */
const SAFE_VALUE = /^\w[\w.-]{0,254}$/;

function mustBeValues(
  value: unknown,
  name: string,
  { template }: Readonly<Record<string, unknown>>,
): readonly string[] {
  if (value === undefined) return [];
  if (!isObject(value) || Array.isArray(value))
    return [`${name} must be an object of lists, for example { tid: ["…"] }`];
  const rule = mustBeListOf(
    "values",
    "be a text of letters, digits and _ . -",
    (each) => typeof each === "string" && SAFE_VALUE.test(each),
  );
  return Object.entries(value).flatMap(([claim, list]) =>
    String(template).includes(`{${claim}}`)
      ? rule(list, `${name}.${claim}`, value)
      : [`${name}.${claim} is not in the template`],
  );
}

const TEMPLATE_RULES: OptionRules<IssuerTemplate> = {
  template: (value, name) =>
    typeof value === "string" && isTemplate(value)
      ? []
      : [
          `${name} must be an https URL with a fixed host whose path has claims in braces, each a whole segment, for example "https://login.example.com/{tid}/v2.0"`,
        ],
  values: mustBeValues,
  except: mustBeValues,
};

const mustBeTextWithoutPlaceholder: OptionRule = must(
  "be a string or { template }: one with claims in braces goes into { template }",
  (value) => typeof value === "string" && !/[{}]/.test(value),
);

/** Takes an issuer, or a template of issuers. */
export const mustBeIssuer: OptionRule = (value, name, all) =>
  isObject(value) && !Array.isArray(value)
    ? optionProblems(value, TEMPLATE_RULES, `${name}.`)
    : mustBeTextWithoutPlaceholder(value, name, all);

function isTemplate(template: string): boolean {
  const segments = template.split("/");
  const filled = segments.map((segment) => segment.replace(PLACEHOLDER, "x")).join("/");
  if (filled === template || /[{}?#\s]/.test(filled) || !URL.canParse(filled)) return false;
  const url = new URL(filled);
  // Its origin stands there letter by letter: no placeholder, user name or other spelling is in it.
  return isSecureUrl(url) && template.startsWith(`${url.origin}/`);
}

/** Copies an issuer, so that it has own fields only. */
export function ownIssuer(issuer: Issuer): Issuer {
  const own = ownOptions(issuer);
  if (!isObject(own) || Array.isArray(own)) return own;
  const copy: IssuerTemplate = own as IssuerTemplate;
  return ownFields<IssuerTemplate>({
    ...copy,
    ...(copy.values !== undefined && { values: ownOptions(copy.values) }),
    ...(copy.except !== undefined && { except: ownOptions(copy.except) }),
  });
}

/** The text of an issuer or of its template, for messages and for stored authorization requests. */
export function issuerText(issuer: Issuer | undefined): string | undefined {
  return typeof issuer === "object" ? issuer.template : issuer;
}

/** The issuer of a provider that has one for all its tokens; undefined for a template. */
export function singleIssuer(issuer: Issuer | undefined): string | undefined {
  return typeof issuer === "object" ? undefined : issuer;
}

/** Gives an issuer without its scheme. */
export function withoutScheme(issuer: string): string {
  return issuer.replace(/^https?:\/\//, "");
}

/** An issuer as its tokens may write it: without its scheme, too, where the definition says so. */
export function spellingsOf(issuer: Issuer, isSchemeOptional = false): Issuer[] {
  if (!isSchemeOptional) return [issuer];
  const bare =
    typeof issuer === "string"
      ? withoutScheme(issuer)
      : { ...issuer, template: withoutScheme(issuer.template) };
  return [issuer, bare];
}

function listOf(lists: IssuerTemplate["values"], claim: string): readonly string[] | undefined {
  return lists && Object.hasOwn(lists, claim) ? lists[claim] : undefined;
}

/**
 * Whether a text is the issuer, or one of those that its template stands for.
 *
 * @param claims - The claims of the token whose `iss` it is: they fill the template. Without them any safe value does,
 * which is enough for a text that is compared with such a token later.
 */
export function isIssuer(
  issuer: Issuer,
  text: unknown,
  claims?: Readonly<Record<string, unknown>>,
): boolean {
  if (typeof issuer === "string" || typeof text !== "string") return text === issuer;
  const { values, except } = issuer;
  return fitsSegments(
    issuer.template,
    text,
    (name, value) =>
      (!claims || claims[name] === value) &&
      (listOf(values, name)?.includes(value) ?? true) &&
      !listOf(except, name)?.includes(value),
  );
}

/**
 * Whether a key set's `issuer` of a single key, which may be a template in the provider's own words, allows the key to sign
 * tokens of an issuer.
 */
export function isIssuerOfKey(ofKey: string, text: string): boolean {
  return fitsSegments(renamed(ofKey), text, () => true);
}

/** Whether a discovered issuer is the template, whose claims the provider may name otherwise (`{tenantid}`). */
export function isTemplateOf(issuer: IssuerTemplate, discovered: string): boolean {
  return renamed(issuer.template) === renamed(discovered);
}

/** Gives all placeholders of a template the same name. */
function renamed(template: string): string {
  return template.replaceAll(/\{[^{}/]+\}/g, "{tenant}");
}

/** Compares a template with a text, segment by segment. */
function fitsSegments(
  template: string,
  text: string,
  fits: (claim: string, value: string) => boolean,
): boolean {
  const given = text.split("/");
  const segments = template.split("/");
  return (
    given.length === segments.length &&
    segments.every((segment, index) => {
      const value = given[index] as string;
      const claim = PLACEHOLDER.exec(segment)?.[1];
      return claim === undefined ? value === segment : SAFE_VALUE.test(value) && fits(claim, value);
    })
  );
}
