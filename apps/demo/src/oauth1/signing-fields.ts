import type { BuiltInSignatureMethod, SignatureType } from "@grantkit/oauth1";
import type { Field } from "../flows/flow.ts";
import type { FormValues } from "../flows/form-values.ts";
import type { OAuth1Target } from "./oauth1-target.ts";

/** The fields of how requests are signed. */
export function signingFields({ methods, placements }: OAuth1Target): readonly Field[] {
  return [
    {
      name: "method",
      label: "Signature method",
      hint: "With both secrets, or with a private key: RSA (RFC 5849 §3.4).",
      kind: "choice",
      options: methods.map((value) => ({ value, label: value })),
    },
    {
      name: "placement",
      label: "Signature goes into the",
      hint: "The Authorization header, the query, or a form (RFC 5849 §3.5).",
      kind: "choice",
      options: placements.map((value) => ({ value, label: value })),
    },
  ];
}

/** How the person wants requests to be signed; what the provider does not accept becomes its default. */
export function signingChoice(
  { methods, placements }: Pick<OAuth1Target, "methods" | "placements">,
  values: FormValues,
): { readonly method: BuiltInSignatureMethod; readonly placement: SignatureType } {
  const method = values.text("method");
  const placement = values.text("placement");
  return {
    method: methods.find((each) => each === method) ?? methods[0] ?? "HMAC-SHA1",
    placement: placements.find((each) => each === placement) ?? "header",
  };
}
