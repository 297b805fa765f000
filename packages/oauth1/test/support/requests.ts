import { type CustomSignatureMethod, sign } from "@grantkit/oauth1";
import type { OAuth1Credentials, RequestToSign, SignedRequest } from "@grantkit/oauth1";

const BASE_STRING: CustomSignatureMethod = {
  name: "BASE-STRING",
  sign: (baseString) => baseString,
};

/** The parts of the base string that a request is signed with: method, URI, and the parameters in their order. */
export async function baseStringOf(
  request: RequestToSign,
  credentials: Partial<OAuth1Credentials> = {},
): Promise<{ readonly text: string; readonly uri: string; readonly parameters: string[] }> {
  const { headers } = await sign(request, {
    clientKey: "key",
    nonce: "n",
    timestamp: 1,
    signatureMethod: BASE_STRING,
    ...credentials,
  });
  const text = headerParameter(headers, "oauth_signature") ?? "";
  const [, uri = "", parameters = ""] = text.split("&");
  return {
    text,
    uri: decodeURIComponent(uri),
    parameters: decodeURIComponent(parameters)
      .split("&")
      .filter((pair) => !pair.startsWith("oauth_") || /^oauth_(?:callback|body_hash)=/.test(pair)),
  };
}

/** The value of a parameter in the Authorization header, decoded. */
export function headerParameter(
  { Authorization: header = "" }: SignedRequest["headers"],
  name: string,
): string | undefined {
  const value = new RegExp(`[ ,]${name}="([^"]*)"`).exec(header)?.[1];
  return value === undefined ? undefined : decodeURIComponent(value);
}
