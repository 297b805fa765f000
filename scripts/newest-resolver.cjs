// Jest's resolver in check-packed.mjs: the sources of a package import the dependencies of the folder in
// NEWEST_DEPENDENCIES instead of those of the workspace.
const { join } = require("node:path");

const packages = join(__dirname, "../packages");
const { dependencies, imports } = require("../packages/core/package.json");
const dependency = new RegExp(`^(?:${Object.keys(dependencies).join("|")})(?:/|$)`);

module.exports = (name, options) => {
  // Core's own name for a file of a dependency.
  const request = imports[name]?.node ? name : (imports[name]?.default ?? name);
  const isReplaced =
    dependency.test(request) &&
    options.basedir.startsWith(packages) &&
    !options.basedir.includes("node_modules");
  return options.defaultResolver(
    request,
    isReplaced ? { ...options, basedir: process.env.NEWEST_DEPENDENCIES } : options,
  );
};
