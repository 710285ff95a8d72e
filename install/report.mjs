/** What the installer prints: a line when a step works, a line when it is through. Plain text, fit for a CI log. */

/** @typedef {(text: string) => void} Say */

/**
 * Runs one step. `work` gets a function that says what is being done, and returns what came of it.
 * @param {string} name
 * @param {(say: Say) => Promise<string> | string} work
 */
export async function step(name, work) {
  const began = performance.now();
  let busy = false;
  const result = await work((text) => {
    busy = true;
    console.log(`  ${name}: ${text}`);
  });
  console.log(`✓ ${name}: ${result}${busy ? ` (${seconds(performance.now() - began)})` : ''}`);
}

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return milliseconds < 10_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.round(milliseconds / 1000)} s`;
}

/** @param {string} text */
export function warn(text) {
  console.log(`! ${text}`);
}

/** @param {unknown} error */
export function fail(error) {
  if (error?.name === 'Problem') console.error(`\n✗ ${error.message}\n\n${error.fix}\n`);
  else console.error(`\n✗ The installer itself failed.\n\n${error?.stack ?? error}\n`);
}
