import {
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  exportPKCS8,
  generateKeyPair,
} from "jose";
import type { CryptoKey, JWTPayload } from "jose";
import { randomFrom } from "../oauth/random-text.ts";

/** A service account's key file, with the fields that clients read. */
export interface ServiceAccountKey {
  /** What kind of credential this is. */
  readonly type: "service_account";
  /** The account's address, `iss` of its assertions. */
  readonly client_email: string;
  /** The account's numeric id, as text. */
  readonly client_id: string;
  /** `kid` of its assertions. */
  readonly private_key_id: string;
  /** PKCS #8 in PEM form. */
  readonly private_key: string;
  /** The token endpoint, `aud` of its assertions. */
  readonly token_uri: string;
}

/** The claims of an assertion, not yet checked. */
export interface AssertionClaims extends JWTPayload {
  readonly scope?: string;
}

/** The service accounts that there are. */
export interface ServiceAccounts {
  /** Makes an account with a key. */
  create(tokenUri: string): Promise<ServiceAccountKey>;
  /** The claims of an assertion that one of the accounts signed, or what is wrong with it. */
  verify(
    assertion: string,
  ): Promise<{ readonly claims: AssertionClaims } | { readonly problem: string }>;
}

/** No service accounts yet. */
export function serviceAccounts(): ServiceAccounts {
  const publicKeys = new Map<string, CryptoKey>();
  let made = 0;
  return {
    async create(tokenUri) {
      const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
      made += 1;
      const email = `robot-${made}@emulator.iam.gserviceaccount.com`;
      publicKeys.set(email, publicKey);
      return {
        type: "service_account",
        client_email: email,
        client_id: String(200_000_000_000 + made),
        private_key_id: randomFrom("0123456789abcdef", 40),
        private_key: await exportPKCS8(privateKey),
        token_uri: tokenUri,
      };
    },
    async verify(assertion) {
      const claims = readClaims(assertion);
      if (claims === undefined) return { problem: "Bad Request" };
      const key = publicKeys.get(claims.iss ?? "");
      if (key === undefined) return { problem: "Invalid grant: account not found" };
      try {
        await compactVerify(assertion, key, { algorithms: ["RS256"] });
      } catch {
        return { problem: "Invalid JWT Signature." };
      }
      return { claims };
    },
  };
}

function readClaims(assertion: string): AssertionClaims | undefined {
  try {
    decodeProtectedHeader(assertion);
    return decodeJwt<AssertionClaims>(assertion);
  } catch {
    return undefined;
  }
}
