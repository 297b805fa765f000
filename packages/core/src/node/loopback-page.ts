import type { OAuthError } from "../errors/oauth-error.ts";

/** The page that the browser shows after the sign-in. It quotes nothing of the request: anybody can send one. */
export function defaultPage(error: OAuthError | undefined): string {
  const title = error ? "The sign-in failed" : "You are signed in";
  const text = error
    ? "Go back to the program, which says why. You can close this window."
    : "You can close this window and go back to the program.";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
  :root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
  body { display: grid; min-height: 90vh; place-content: center; margin: 0; padding: 1rem; text-align: center; }
  h1 { margin: 0 0 0.5rem; font-size: 1.5rem; }
  p { margin: 0; }
</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`;
}
