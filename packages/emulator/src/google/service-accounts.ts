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
  readonly target_audience?: string;
}

/** A service account. */
interface ServiceAccount {
  readonly email: string;
  /** Numeric id. */
  readonly id: string;
}

/** The existing service accounts. */
export interface ServiceAccounts {
  /** Creates an account with a key. */
  create(tokenUri: string): Promise<ServiceAccountKey>;
  /** Finds an account by its e-mail address. */
  find(email: string): ServiceAccount | undefined;
  /** Returns the claims of an assertion if one of the accounts signed it, otherwise the problem. */
  verify(
    assertion: string,
  ): Promise<
    | { readonly claims: AssertionClaims; readonly account: ServiceAccount }
    | { readonly problem: string }
  >;
}

/** Creates an empty list of service accounts. */
export function serviceAccounts(): ServiceAccounts {
  const accounts = new Map<string, ServiceAccount & { readonly publicKey: CryptoKey }>();
  let made = 0;
  return {
    async create(tokenUri) {
      const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
      made += 1;
      const email = `robot-${made}@emulator.iam.gserviceaccount.com`;
      const id = String(200_000_000_000 + made);
      accounts.set(email, { email, id, publicKey });
      return {
        type: "service_account",
        client_email: email,
        client_id: id,
        private_key_id: randomFrom("0123456789abcdef", 40),
        private_key: await exportPKCS8(privateKey),
        token_uri: tokenUri,
      };
    },
    find: (email) => accounts.get(email),
    async verify(assertion) {
      const claims = readClaims(assertion);
      if (claims === undefined) return { problem: "Bad Request" };
      const account = accounts.get(claims.iss ?? "");
      if (account === undefined) return { problem: "Invalid grant: account not found" };
      try {
        await compactVerify(assertion, account.publicKey, { algorithms: ["RS256"] });
      } catch {
        return { problem: "Invalid JWT Signature." };
      }
      return { claims, account };
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
