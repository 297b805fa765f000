/** The parts of jose that core uses: no other file imports it. They are loaded by the first call that needs them. */
export {
  base64url,
  calculateJwkThumbprint,
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  exportJWK,
  FlattenedEncrypt,
  flattenedDecrypt,
  importJWK,
  importPKCS8,
  jwtVerify,
  SignJWT,
} from "jose";
