type Api = `https://www.googleapis.com/auth/${
  | "admin.directory.group.readonly"
  | "admin.directory.user.readonly"
  | "calendar"
  | "calendar.events"
  | "calendar.readonly"
  | "cloud-platform"
  | "contacts.readonly"
  | "documents"
  | "drive"
  | "drive.appdata"
  | "drive.file"
  | "drive.metadata.readonly"
  | "drive.readonly"
  | "gmail.compose"
  | "gmail.modify"
  | "gmail.readonly"
  | "gmail.send"
  | "spreadsheets"
  | "spreadsheets.readonly"
  | "userinfo.email"
  | "userinfo.profile"
  | "youtube"
  | "youtube.readonly"
  | "youtube.upload"}`;

/**
 * Scopes of Google's sign-in and of its best-known APIs.
 *
 * @see https://developers.google.com/identity/protocols/oauth2/scopes
 */
export type GoogleScope = "openid" | "email" | "profile" | "https://mail.google.com/" | Api;

/** Scopes that Google grants under another name than the one that was asked for. */
export const GOOGLE_SCOPE_ALIASES: Readonly<Record<string, string>> = {
  email: "https://www.googleapis.com/auth/userinfo.email",
  profile: "https://www.googleapis.com/auth/userinfo.profile",
};
