/** simple-oauth2 has no types of its own: as much of it as is measured. */
declare module "simple-oauth2" {
  export interface AccessToken {
    readonly token: Readonly<Record<string, unknown>>;
    expired(seconds?: number): boolean;
    refresh(): Promise<AccessToken>;
  }
  export class AuthorizationCode {
    constructor(options: {
      client: { id: string; secret: string };
      auth: { tokenHost: string; tokenPath: string };
    });
    createToken(token: object): AccessToken;
  }
}
