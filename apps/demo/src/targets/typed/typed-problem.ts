import { ConfigurationError, isOAuthError } from "@grantkit/core";

/** Why what the person typed in cannot be used. */
export interface TypedProblem {
  readonly title: string;
  /** What happened, and what to do. */
  readonly texts: readonly string[];
  readonly code: string;
}

/** Explains what {@link openIssuer} and other targets threw; undefined for a failure of the playground itself. */
export function typedProblem(error: unknown): TypedProblem | undefined {
  if (error instanceof ConfigurationError) {
    const { code, problems } = error;
    return { title: "This cannot be used", texts: problems, code };
  }
  if (!isOAuthError(error)) return undefined;
  const { code, message, details } = error;
  if (code === "NETWORK_ERROR") return { ...unreachable(String(details?.["networkCode"])), code };
  return { title: TITLES[code] ?? "This is no issuer", texts: textsOf(code, message), code };
}

const TITLES: Readonly<Record<string, string>> = {
  TIMEOUT: "The server is too slow",
  RESPONSE_TOO_LARGE: "The answer is too large",
  ISSUER_MISMATCH: "The metadata is of another issuer",
  DISCOVERY_FAILED: "This is no issuer",
};

const NEXT: Readonly<Record<string, string>> = {
  TIMEOUT:
    "Open the issuer in your browser to see whether it answers, and whether this machine reaches it.",
  RESPONSE_TOO_LARGE: "Metadata has a few kilobytes: this address is probably of something else.",
  DISCOVERY_FAILED:
    "Copy the issuer from the provider's documentation: metadata is at <issuer>/.well-known/openid-configuration (OpenID Connect Discovery §4) or /.well-known/oauth-authorization-server (RFC 8414 §3). If the provider has none, paste a definition.",
};

function textsOf(code: string, message: string): readonly string[] {
  const next = NEXT[code];
  return next === undefined ? [message] : [message, next];
}

function unreachable(networkCode: string): Pick<TypedProblem, "title" | "texts"> {
  const reason = REASONS.find(([codes]) => codes.test(networkCode))?.[1] ?? [
    "Check that the server runs, and that this machine reaches it.",
  ];
  return {
    title: "The server cannot be reached",
    texts: [...reason, `Network error: ${networkCode}.`],
  };
}

const REASONS: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /^ECONNREFUSED$/,
    ["Nothing listens at this host and port. Start the server, or correct the port."],
  ],
  [
    /^(?:ENOTFOUND|EAI_AGAIN)$/,
    [
      "No host has this name. Check its spelling. A name of a container is known in its own network only.",
    ],
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO/,
    [
      "The server's certificate is not trusted. If it is of your own authority, start the playground with NODE_EXTRA_CA_CERTS=<file.pem>.",
    ],
  ],
  [
    /^(?:EPROTO|ERR_SSL_.*|HPE_.*)$/,
    [
      "The server does not speak the protocol of this URL: try http:// in place of https://, or the other way.",
    ],
  ],
];
