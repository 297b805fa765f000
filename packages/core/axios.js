// What `#axios` of package.json is in Node and in browsers. A file, because bundlers leave "axios" out of a bundle
// (`--external:axios`) where a file imports it, and not where `imports` of package.json names it.
export { default } from "axios";
