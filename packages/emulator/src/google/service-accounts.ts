import {
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  exportPKCS8,
  generateKeyPair,
} from "jose";
import type { CryptoKey, JWTPayload } from "jose";
import { randomFrom } from "../oauth/random-text.ts";

/** The key file of a service account, with the fields that clients read. */
export interface ServiceAccountKey {
  /** Type of the key file. */
  readonly type: "service_account";
  /** E-mail address of the account, the `iss` of its assertions. */
  readonly client_email: string;
  /** Numeric id of the account, as a string. */
  readonly client_id: string;
  /** Id of the key, the `kid` of assertions. */
  readonly private_key_id: string;
  /** Private key: PKCS #8 in PEM form. */
  readonly private_key: string;
  /** Token endpoint, the `aud` of assertions. */
  readonly token_uri: string;
}

/** The unchecked claims of an assertion. */
export interface AssertionClaims extends JWTPayload {
  readonly scope?: string;
}

/** The existing service accounts. */
export interface ServiceAccounts {
  /** Creates an account with a key. */
  create(tokenUri: string): Promise<ServiceAccountKey>;
  /** Returns the claims of an assertion if one of the accounts signed it, otherwise the problem. */
  verify(
    assertion: string,
  ): Promise<{ readonly claims: AssertionClaims } | { readonly problem: string }>;
}

/** Creates an empty list of service accounts. */
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
