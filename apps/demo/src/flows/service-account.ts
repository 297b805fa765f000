import type { Token } from "@grantkit/core";
import type { GoogleServiceAccount } from "@grantkit/provider-google";
import { importsCode, optionsCode } from "./code.ts";
import type { Flow } from "./flow.ts";
import { type FormValues, wrongField } from "./form-values.ts";
import { scopeField } from "./grant-fields.ts";

const CALENDAR = "https://www.googleapis.com/auth/calendar.readonly";

/** Google's service accounts: the JWT bearer grant with a key file, or tokens that the account signs itself. */
export const serviceAccount: Flow = {
  id: "service-account",
  title: "Service account",
  group: "Get a token",
  teaser: "A server calls Google's APIs as itself, with a key file (RFC 7523 §2.1).",
  button: () => "Get a token for the account",
  fields: (target) => [
    scopeField(target, [CALENDAR]),
    {
      name: "way",
      label: "How",
      kind: "choice",
      options: [
        { value: "", label: "ask Google's token endpoint" },
        { value: "self-signed", label: "sign the token itself: nothing is sent" },
        { value: "id-token", label: "an ID token, for a service of yours" },
      ],
    },
    {
      name: "subject",
      label: "Act for",
      hint: "A user of the Workspace domain (domain-wide delegation).",
      kind: "text",
      more: true,
    },
    {
      name: "target_audience",
      label: "Audience of the ID token",
      kind: "text",
      initial: "https://service.example.com",
      more: true,
    },
    {
      name: "key_file",
      label: "Key file",
      hint: "The JSON that Google's console downloads. Empty: an account of the emulator.",
      kind: "lines",
      more: true,
    },
  ],
  run: async ({ target, values }) => {
    const account = await target.serviceAccount?.(values.text("key_file"));
    if (!account) throw wrongField("Key file", "is empty: paste it");
    return {
      title: "The service account has a token",
      token: await tokenOf(account, values),
    };
  },
  code: (_target, values) => `${importsCode(
    new Map([["@grantkit/provider-google", ["GoogleServiceAccount"]]]),
  )}
const account = new GoogleServiceAccount({ keyFile: "service-account.json" });

const token = await account.${callOf(values)};
console.log(token.expiresAt);
`,
};

function tokenOf(account: GoogleServiceAccount, values: FormValues): Promise<Token> {
  switch (values.text("way")) {
    case "self-signed":
      return account.selfSignedToken({ scope: scopeOf(values) });
    case "id-token":
      return account.fetchIdToken({ targetAudience: audienceOf(values) });
    default:
      return account.fetchServiceAccountToken({ scope: scopeOf(values), ...subjectOf(values) });
  }
}

function callOf(values: FormValues): string {
  switch (values.text("way")) {
    case "self-signed":
      return `selfSignedToken(${optionsCode({ scope: scopeOf(values) })})`;
    case "id-token":
      return `fetchIdToken(${optionsCode({ targetAudience: audienceOf(values) })})`;
    default:
      return `fetchServiceAccountToken(${optionsCode({ scope: scopeOf(values), ...subjectOf(values) })})`;
  }
}

const scopeOf = (values: FormValues): readonly string[] => values.words("scope") ?? [];
const audienceOf = (values: FormValues): string => values.text("target_audience") ?? "";

function subjectOf(values: FormValues): { readonly subject?: string } {
  const subject = values.text("subject");
  return subject === undefined ? {} : { subject };
}
