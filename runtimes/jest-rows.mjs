// filled below
export const jestRows = [];
