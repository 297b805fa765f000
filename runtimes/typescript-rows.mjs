export const typescriptRows = [];
