/** A tenant, and another one. */
export const TENANT = "11111111-2222-4333-8444-555555555555";
export const OTHER_TENANT = "99999999-2222-4333-8444-555555555555";
/** The tenant of all personal accounts. */
export const CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";
