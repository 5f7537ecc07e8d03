/** Takes the place of the package node-fetch in bundles. */
export default globalThis.fetch;
