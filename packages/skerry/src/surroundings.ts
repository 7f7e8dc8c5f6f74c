import { existsSync, readFileSync } from 'node:fs';
import type { Settings } from '@skerry/broker';

/** Whether this process runs in a container, as far as one can tell from inside. */
export function insideContainer(env: Readonly<Record<string, string | undefined>>): boolean {
  if (existsSync('/.dockerenv') || existsSync('/run/.containerenv')) return true;
  if (env['KUBERNETES_SERVICE_HOST'] !== undefined) return true;
  try {
    return /docker|kubepods|containerd|libpod/.test(readFileSync('/proc/1/cgroup', 'utf8'));
  } catch {
    return false;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** What an operator should know of how this broker can be reached, a paragraph each. */
export function cautions({ endpoints, advertised }: Settings, inContainer: boolean): string[] {
  const open = endpoints.filter(({ host }) => !isLoopback(host));
  const told: string[] = [];
  if (open.length > 0) {
    const names = open.map(({ host, port }) => `${host === '' ? 'every address' : host}, port ${port}`).join('; ');
    told.push(
      'ANYBODY WHO REACHES THIS MACHINE CAN READ, CHANGE AND DELETE EVERYTHING.\n' +
        `There is no authentication, and this listens on ${names}.\n` +
        'Keep the port behind a firewall, or listen on this machine alone: listeners=PLAINTEXT://127.0.0.1:9092',
    );
  }
  const silent = open.filter(({ name }) => !advertised.has(name));
  if (inContainer && silent.length > 0) {
    const example = silent.map(({ name, port }) => `${name}://HOST:${port === 0 ? 'PORT' : port}`).join(',');
    told.push(
      'Inside a container. Clients are told the address they dialled: right if the port is published as itself.\n' +
        'If it is mapped to another, or clients come through NAT, say what they can reach:\n' +
        `advertised.listeners=${example}`,
    );
  }
  const loopbackOnly = inContainer && open.length === 0;
  if (loopbackOnly) {
    told.push(
      'Inside a container and listening on its own loopback address: nobody outside can connect.\n' +
        'To be reached, say listeners=PLAINTEXT://:9092 (--override listeners=PLAINTEXT://:9092).',
    );
  }
  return told;
}
