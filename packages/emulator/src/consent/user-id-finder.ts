/** A function that finds a user's id by whatever names the user, and throws if there is none. */
export function userIdFinder<User>(
  users: readonly User[],
  find: (user: string) => string | undefined,
  /** What a user goes by. */
  nameOf: (user: User) => string,
): (user: string) => string {
  return (user) => {
    const id = find(user);
    if (id !== undefined) return id;
    throw new TypeError(
      `There is no user "${user}". The users are: ${users.map(nameOf).join(", ")}.`,
    );
  };
}
