import type { Field } from "../flows/flow.ts";
import type { AnyTarget } from "../targets/target.ts";

type ClientOf = Pick<AnyTarget, "callbackUrl" | "takesCertificate">;

/** The fields of every flow: who the app is, and how it proves that. The page folds them as "Client". */
export function clientFields({ callbackUrl, takesCertificate }: ClientOf): readonly Field[] {
  return [
    {
      name: "client_id",
      label: "Client ID",
      hint: "Empty: the one that this target has (RFC 6749 §2.2).",
      kind: "text",
    },
    {
      name: "client_secret",
      label: "Client secret",
      hint: "Empty: the one that this target has. It stays in memory (RFC 6749 §2.3.1).",
      kind: "secret",
    },
    {
      name: "client_authentication",
      label: "Client authentication",
      hint: "How the client proves who it is (RFC 6749 §2.3, RFC 7523 §2.2).",
      kind: "choice",
      options: [
        { value: "", label: "as the provider likes" },
        { value: "basic", label: "basic: secret in the header" },
        { value: "post", label: "post: secret in the form" },
        { value: "none", label: "none: a public client" },
        { value: "client_secret_jwt", label: "client_secret_jwt: a JWT that the secret signs" },
        { value: "private_key_jwt", label: "private_key_jwt: a JWT that a key signs" },
        ...(takesCertificate
          ? [{ value: "tls", label: "tls: this page's certificate (RFC 8705 §2)" }]
          : []),
      ],
    },
    {
      name: "private_key",
      label: "Private key",
      hint: "PEM or JWK, for private_key_jwt. Empty: this page's key, whose public half is at /jwks.json.",
      kind: "lines",
    },
    {
      name: "redirect_uri",
      label: "Redirect URI",
      hint: `Empty: ${callbackUrl}, which you register with a real provider (RFC 6749 §3.1.2).`,
      kind: "text",
    },
    {
      name: "dpop",
      label: "DPoP",
      hint: "Binds the token to this page's key (RFC 9449).",
      kind: "box",
    },
  ];
}
