import type { OAuth2Client, ProviderDefinition } from "@grantkit/core";
import type { RegisteredClient } from "../client/client-options.ts";
import type { PageKeys } from "../client/page-keys.ts";
import type { FormValues } from "../flows/form-values.ts";
import type { ClientChange } from "./fault.ts";
import type { LocalRecipe } from "./local-clients.ts";
import type { PresetRecipe } from "./preset-clients.ts";

/** What the clients of a target are made of, as JSON has it, so that another process can make them too. */
export type ClientRecipe = PresetRecipe | LocalRecipe | (ProviderSource & AppRecipe);

/** An app at a provider without a package. */
export interface AppRecipe {
  readonly app: RegisteredClient;
  readonly keys: PageKeys;
}

/** Where a provider without a package is defined. */
export type ProviderSource =
  | {
      readonly kind: "definition";
      /** Data alone: what the person pasted, or an issuer's metadata. */
      readonly definition: ProviderDefinition;
    }
  | {
      /** One of `examples/`, which may have functions. */
      readonly kind: "example";
      readonly id: string;
      readonly parameter: string;
    };

/** Makes a client with what the person typed in, or with what the target has, and then with what a fault changes. */
export type ClientFactory = (values: FormValues, change?: ClientChange) => OAuth2Client;
