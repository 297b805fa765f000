/** What both ends of the loopback know. */

/** The token that never expires. */
export const ACCESS_TOKEN = "gho_16C7e42F292c6912E7710c838347Ae178B4a";

/** What the API answers: about 1 KB of JSON, as a user of GitHub's is. */
export const USER = {
  login: "octocat",
  id: 583_231,
  node_id: "MDQ6VXNlcjU4MzIzMQ==",
  avatar_url: "https://avatars.example.com/u/583231?v=4",
  url: "https://api.example.com/users/octocat",
  html_url: "https://example.com/octocat",
  followers_url: "https://api.example.com/users/octocat/followers",
  following_url: "https://api.example.com/users/octocat/following{/other_user}",
  gists_url: "https://api.example.com/users/octocat/gists{/gist_id}",
  starred_url: "https://api.example.com/users/octocat/starred{/owner}{/repo}",
  subscriptions_url: "https://api.example.com/users/octocat/subscriptions",
  organizations_url: "https://api.example.com/users/octocat/orgs",
  repos_url: "https://api.example.com/users/octocat/repos",
  type: "User",
  site_admin: false,
  name: "The Octocat",
  company: "@example",
  blog: "https://blog.example.com",
  location: "San Francisco",
  email: null,
  bio: "There once was a cat who lived on a wire, and whose eight arms were never known to tire.",
  public_repos: 8,
  public_gists: 8,
  followers: 17_604,
  following: 9,
  created_at: "2011-01-25T18:44:36Z",
  updated_at: "2025-08-22T11:25:19Z",
};

/** Stops the run when an answer is wrong: a fast wrong answer is worth nothing. */
export function checkUser(status: number, body: unknown): void {
  const { login, updated_at: updatedAt } = (body ?? {}) as Partial<typeof USER>;
  if (status !== 200 || login !== USER.login || updatedAt !== USER.updated_at) {
    throw new Error(`A wrong answer: status ${status}, login ${login}`);
  }
}

/** What `fetch` answered, read whole. */
export async function readAnswer(
  answer: Promise<Response>,
): Promise<{ readonly status: number; readonly data: unknown }> {
  const response = await answer;
  return { status: response.status, data: await response.json() };
}
