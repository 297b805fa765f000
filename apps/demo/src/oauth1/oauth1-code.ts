import type { FormValues } from "../flows/form-values.ts";
import type { OAuth1Target } from "./oauth1-target.ts";
import { signingChoice } from "./signing-fields.ts";

/** Renders a program with the app's registration, as the person chose to sign, and what it does with it. */
export function oauth1Program(
  target: OAuth1Target,
  values: FormValues,
  { lines, imports = [] }: { readonly lines: string; readonly imports?: readonly string[] },
): string {
  const { method, placement } = signingChoice(target, values);
  const isRsa = method.startsWith("RSA-");
  const names = [target.code.imported, "OAuth1Session", "type OAuth1SessionOptions", ...imports];
  return `import { ${names.join(", ")} } from "@grantkit/oauth1";

const app: OAuth1SessionOptions = {
  provider: ${target.code.provider.replaceAll("\n", "\n  ")},
  clientKey: process.env["CLIENT_KEY"] ?? "",
  ${isRsa ? "privateKey" : "clientSecret"}: process.env["${isRsa ? "PRIVATE_KEY" : "CLIENT_SECRET"}"] ?? "",
  signatureMethod: ${JSON.stringify(method)},
  signatureType: ${JSON.stringify(placement)},
  forceIncludeBody: true,
};

${lines.trim()}
`;
}
