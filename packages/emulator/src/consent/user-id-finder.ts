/** A function that finds a user's id by whatever names the user, and throws if there is none. */
export function userIdFinder(
  users: readonly unknown[],
  find: (user: string) => string | undefined,
): (user: string) => string {
  return (user) => {
    const id = find(user);
    if (id !== undefined) return id;
    throw new TypeError(`No user "${user}". The users are: ${JSON.stringify(users)}`);
  };
}
