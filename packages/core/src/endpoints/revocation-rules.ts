import {
  isFilledText,
  isObject,
  must,
  mustBeFunction,
  mustBeOneOf,
  type OptionRule,
  optionProblems,
  type OptionRules,
} from "../options/option-rules.ts";
import type { ClientRevocationRequest, RevocationRequest } from "./revocation-api.ts";

const mustBeMethod = mustBeOneOf("GET", "POST", "PUT", "PATCH", "DELETE");

const mustBeTexts: OptionRule = must(
  "be an object of strings",
  (value) => isFields(value) && Object.values(value).every((each) => typeof each === "string"),
);

const RULES: OptionRules<RevocationRequest> = {
  method: (value, name, all) =>
    value === undefined ? [`${name} is missing`] : mustBeMethod(value, name, all),
  url: (value, name) =>
    isFilledText(value) ? [] : [`${name} must be an absolute URL or a path of the API`],
  json: must("be an object or null", (value) => typeof value === "object"),
  form: mustBeTexts,
  isGone: mustBeFunction,
};

const CLIENT_RULES: OptionRules<ClientRevocationRequest> = {
  ...RULES,
  credentials: must('be "basic" or { id, secret }, the names of two fields', (value) => {
    if (!isFields(value)) return value === "basic";
    const { id, secret } = value;
    return (
      Object.keys(value).length === 2 && isFilledText(id) && isFilledText(secret) && id !== secret
    );
  }),
};

/** Lists what is wrong with a request of a provider's `revoke` function: a misspelled body would revoke nothing. */
export function revocationProblems(
  request: RevocationRequest | ClientRevocationRequest,
  isOfClient: boolean,
): readonly string[] {
  const problems = optionProblems(request, isOfClient ? CLIENT_RULES : RULES);
  if (problems.length > 0) return problems;
  const { method, json, form, credentials }: ClientRevocationRequest = request;
  const fields = typeof credentials === "object" ? Object.values(credentials) : [];
  if (json !== undefined && form !== undefined) return ["json and form exclude each other"];
  if (method === "GET" && (json !== undefined || form !== undefined || fields.length > 0)) {
    return ["method must not be GET, because the request has a body"];
  }
  if (fields.length > 0 && Array.isArray(json)) {
    return ["json must be an object, because the credentials are among its fields"];
  }
  return fields
    .filter((name) => Object.hasOwn(form ?? json ?? {}, name))
    .map((name) => `${form ? "form" : "json"}.${name} is set by credentials`);
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !Array.isArray(value);
}
