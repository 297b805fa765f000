import {
  isObject,
  must,
  mustBeOneOf,
  type OptionRule,
  optionProblems,
  type OptionRules,
} from "../options/option-rules.ts";
import { ownOptions } from "../options/own-fields.ts";
import type { IdTokenClaims } from "../tokens/id-token-claims.ts";
import type { Token } from "../tokens/token.ts";
import { type WrittenBody, writtenBody } from "./endpoint-parameters.ts";

/**
 * Reads the provider's API with the user's token, for a provider's `userInfo` function. `Body` is what the provider's
 * documentation says about the response; nothing checks it.
 */
export interface ApiReader {
  /** Sends a GET to a URL or a path of the API and returns the parsed JSON body. */
  get<Body = Readonly<Record<string, unknown>>>(url: string): Promise<Body>;
  /**
   * Sends a POST to a URL or a path of the API and returns the parsed JSON body. An answer of GraphQL that lists `errors`
   * is an error, whatever its status.
   *
   * @param body - An object is sent as JSON, `URLSearchParams` as a form; without it the request has no body.
   */
  post<Body = Readonly<Record<string, unknown>>>(url: string, body?: object): Promise<Body>;
}

/** What a provider's `userInfo` function may read beside the API. */
export interface UserInfoSources {
  /** The user's token; its `raw` has the fields of the token response that OAuth does not define (Notion, Slack). */
  readonly token: Token;
  /** The claims of the verified ID token; undefined for a token without one. */
  readonly claims: IdTokenClaims | undefined;
  /**
   * The parameters of the callback that `callbackParameters` keeps (Apple's `user`). They came through the user's browser:
   * never identify a user by them, and never believe an e-mail address in them.
   */
  readonly callback: Readonly<Record<string, string>>;
}

/** How the user info endpoint is asked, where it is not with a GET. */
export interface UserInfoRequest {
  /**
   * The method.
   *
   * @defaultValue `"POST"`
   */
  readonly method?: "GET" | "POST";
  /** The body as JSON, for example `{ query: "{ viewer { id name } }" }` of GraphQL, or `null`. */
  readonly json?: object | null;
  /** The body as a form; a function gets the client's ID (VK). */
  readonly form?:
    | Readonly<Record<string, string>>
    | ((client: { readonly clientId: string }) => Readonly<Record<string, string>>);
}

const RULES: OptionRules<UserInfoRequest> = {
  method: (value, name, options) =>
    value === "GET" && (options["json"] !== undefined || options["form"] !== undefined)
      ? [`${name} must be POST for a request with a body`]
      : mustBeOneOf("GET", "POST")(value, name, options),
  json: must("be an object or null", (value) => value === null || isObject(value)),
  form: (value, name, options) =>
    value !== undefined && options["json"] !== undefined
      ? [`${name} must be left out beside json: a request has one body`]
      : must("be an object of strings, or a function that returns one", isForm)(
          value,
          name,
          options,
        ),
};

/** Takes how the user info endpoint is asked. */
export const mustBeUserInfoRequest: OptionRule = (value, name) => {
  if (value === undefined) return [];
  return isObject(value) ? optionProblems(value, RULES, `${name}.`) : [`${name} must be an object`];
};

function isForm(value: unknown): boolean {
  if (typeof value === "function") return true;
  return isObject(value) && Object.values(value).every((field) => typeof field === "string");
}

/** A request to the API whose answer is read by Grantkit itself. */
export interface ReadRequest extends Partial<WrittenBody> {
  readonly url: string;
  readonly method: "GET" | "POST";
}

/** Builds the POST of a body. */
export function postOf(url: string, body: object | null | undefined): ReadRequest {
  return { url, method: "POST", ...writtenBody(body) };
}

/** Builds the request for a user info endpoint. */
export function userInfoRequestOf(
  url: string,
  definition: UserInfoRequest | undefined,
  clientId: string,
): ReadRequest {
  if (!definition) return { url, method: "GET" };
  const { method = "POST", json, form } = ownOptions(definition);
  if (method === "GET") return { url, method };
  if (form === undefined) return postOf(url, json);
  return postOf(url, new URLSearchParams(typeof form === "function" ? form({ clientId }) : form));
}
