/* global process, __dirname */
// The builder's licence collector looks up shared packages without a scope from the working directory, and fails
// where it finds another package's description there. In the extension's own folder it doesn't.
process.chdir(__dirname);

module.exports = {};
