import type { Address } from '@skerry/base';
import { ValueError } from './row.ts';

/** One address to listen on. An empty host is every address of the machine. */
export interface Endpoint extends Address {
  /** In capitals, as Kafka makes them. */
  readonly name: string;
  readonly securityProtocol: 'PLAINTEXT';
  /** Serves clients from before Kafka 0.11, too. */
  readonly legacy: boolean;
}

const protocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];
const form = /^([A-Za-z0-9_.-]+):\/\/(\[[0-9A-Fa-f:.%]*\]|[^:/[\]]*):(\d{1,5})$/;

interface Parsed extends Address {
  readonly name: string;
}

function parse(given: string): Parsed {
  const [, name, host, port] = form.exec(given) ?? [];
  if (name === undefined || host === undefined || Number(port) > 65535) {
    throw new ValueError(`${given}: must be NAME://HOST:PORT, such as PLAINTEXT://0.0.0.0:9092`);
  }
  return { name: name.toUpperCase(), host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

/** The same, with those marked that `skerry.listeners.legacy` names; a ValueError for one that is not open. */
export function withLegacy(open: readonly Endpoint[], given: readonly string[]): Endpoint[] {
  const names = given.map((name) => name.toUpperCase());
  for (const name of names) {
    if (!open.some((endpoint) => endpoint.name === name)) throw notOpen(name, open);
  }
  return open.map((endpoint) => ({ ...endpoint, legacy: names.includes(endpoint.name) }));
}

const notOpen = (name: string, open: readonly Endpoint[]): ValueError =>
  new ValueError(`${name} is not in listeners, which has ${open.map((endpoint) => endpoint.name).join(', ')}`);

/** What `listeners` opens, given `listener.security.protocol.map` and `controller.listener.names`; or a ValueError. */
export function endpoints(
  given: readonly string[],
  map: readonly string[],
  controllers: readonly string[],
): Endpoint[] {
  const protocolOf = protocolMap(map);
  const found: Endpoint[] = [];
  for (const { name, host, port } of given.map(parse)) {
    if (isController(name, controllers)) continue;
    const protocol = protocolOf.get(name) ?? name;
    if (!protocols.includes(protocol)) {
      throw new ValueError(
        `${name} is no security protocol: name its own in listener.security.protocol.map, as ${name}:PLAINTEXT`,
      );
    }
    if (protocol !== 'PLAINTEXT') {
      throw new ValueError(
        `${name}: ${protocol} is not served by this version, only PLAINTEXT is. Take this listener out`,
      );
    }
    if (found.some((other) => other.name === name))
      throw new ValueError(`${name} is given twice: each listener needs a name of its own`);
    if (port !== 0 && found.some((other) => other.port === port && other.host === host)) {
      throw new ValueError(`port ${port} is given twice`);
    }
    found.push({ name, host, port, securityProtocol: 'PLAINTEXT', legacy: false });
  }
  if (found.length === 0) throw new ValueError('must name a listener, such as PLAINTEXT://127.0.0.1:9092');
  return found;
}

function protocolMap(map: readonly string[]): Map<string, string> {
  return new Map(
    map.map((pair) => {
      const [name = '', protocol = ''] = pair.toUpperCase().split(':');
      if (!protocols.includes(protocol)) {
        throw new ValueError(
          `${pair} in listener.security.protocol.map: must be NAME:PROTOCOL, with one of ${protocols.join(', ')}`,
        );
      }
      return [name, protocol];
    }),
  );
}

/** Where `advertised.listeners` sends clients, by listener; or a ValueError. */
export function advertised(
  given: readonly string[],
  open: readonly Endpoint[],
  controllers: readonly string[],
): Map<string, Address> {
  const found = new Map<string, Address>();
  for (const { name, host, port } of given.map(parse)) {
    if (isController(name, controllers)) continue;
    if (!open.some((endpoint) => endpoint.name === name)) throw notOpen(name, open);
    if (host === '' || host === '0.0.0.0' || host === '::') {
      throw new ValueError(
        `${name}://${host}:${port}: clients cannot connect to "${host}": give a name or an address they can reach`,
      );
    }
    if (port === 0) throw new ValueError(`${name}://${host}:0: must have the port that clients dial`);
    found.set(name, { host, port });
  }
  return found;
}

const isController = (name: string, controllers: readonly string[]): boolean =>
  controllers.some((controller) => controller.toUpperCase() === name);
