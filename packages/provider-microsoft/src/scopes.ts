/**
 * Scopes of sign-in, and the best-known ones of Microsoft Graph. Scopes of other APIs begin with the API's identifier:
 * `https://storage.azure.com/user_impersonation`, `api://<client ID>/access`. One token is for one API.
 *
 * @see https://learn.microsoft.com/graph/permissions-reference
 */
export type MicrosoftScope =
  | "openid"
  | "profile"
  | "email"
  | "offline_access"
  | "User.Read"
  | "User.ReadBasic.All"
  | "User.Read.All"
  | "User.ReadWrite"
  | "GroupMember.Read.All"
  | "Directory.Read.All"
  | "Mail.Read"
  | "Mail.ReadWrite"
  | "Mail.Send"
  | "Calendars.Read"
  | "Calendars.ReadWrite"
  | "Contacts.Read"
  | "Files.Read"
  | "Files.Read.All"
  | "Files.ReadWrite"
  | "Sites.Read.All"
  | "Tasks.ReadWrite"
  | "Chat.Read"
  | "https://graph.microsoft.com/.default";
