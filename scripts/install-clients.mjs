// Fetches and compiles what test/clients needs, into ${SKERRY_CACHE:-~/.cache/skerry}; quick when it is there.
// Without options what `npm test` runs, with --all every client. Exits 1 when something is missing and CI is set.
import { clients } from '../test/clients/toolchains/index.ts';

let lacking = 0;

/** @param {import('../test/clients/toolchains/run.ts').Client} client */
async function install({ name, install, tests }) {
  const before = performance.now();
  const toolchain = await install();
  const missing = 'missing' in toolchain ? toolchain.missing : undefined;
  if (missing !== undefined && tests.length > 0) lacking++;
  const spent = `ready (${Math.round(performance.now() - before)} ms)`;
  console.log(`${name}: ${missing === undefined ? spent : `MISSING: ${missing}`}`);
}

const all = process.argv.includes('--all');
await Promise.all(clients.filter(({ everyTime }) => all || everyTime).map(install));
if (lacking > 0 && process.env.CI !== undefined) process.exitCode = 1;
