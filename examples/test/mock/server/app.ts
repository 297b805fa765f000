/** The app that is registered with every mock. */
export const APP = {
  clientId: "client-7",
  clientSecret: "s3cret+/=",
  redirectUri: "https://app.example.com/callback",
} as const;
