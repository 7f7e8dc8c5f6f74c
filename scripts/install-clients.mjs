// Fetches and compiles what test/clients needs: the reference Kafka and its tools, the Java client, the Python clients.
// All goes to ${SKERRY_CACHE:-~/.cache/skerry}; quick when it is there. Exits 1 when something is missing and CI is set.
import { javaClient, kafkaTools, pythonClient } from '../test/clients/toolchains.ts';

let lacking = 0;

/**
 * @param {string} name
 * @param {() => Promise<import('../test/clients/toolchains.ts').Toolchain>} install
 */
async function install(name, install) {
  const before = performance.now();
  const toolchain = await install();
  const missing = 'missing' in toolchain ? toolchain.missing : undefined;
  if (missing !== undefined) lacking++;
  const spent = `ready (${Math.round(performance.now() - before)} ms)`;
  console.log(`${name}: ${missing === undefined ? spent : `MISSING: ${missing}`}`);
}

await Promise.all([
  install('Kafka and its tools', kafkaTools),
  install('Java client', javaClient),
  install('Python confluent-kafka', () => pythonClient('confluent')),
  install('Python kafka-python', () => pythonClient('kafka_python')),
]);
if (lacking > 0 && process.env.CI !== undefined) process.exitCode = 1;
