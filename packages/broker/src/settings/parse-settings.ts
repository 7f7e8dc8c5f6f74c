/**
 * Reads what an operator set. Every name of Kafka's is accepted; those without a row have no effect, and an operator
 * who sets one is told.
 * Other names are refused, with the nearest known one.
 */
import { OperatingError } from '@skerry/base';
import { diskShare } from './disk-share.ts';
import { kafkaBrokerConfigs } from './kafka-configs.generated.ts';
import { advertised, endpoints, withLegacy } from './listeners.ts';
import { memoryShare } from './memory-share.ts';
import { nearestName } from './nearest.ts';
import { plannedSettings } from './planned.ts';
import type { Entry } from './properties.ts';
import { parseValue, type Row, ValueError, type ValueRule } from './row.ts';
import { brokerRows, type SettingName, type Settings, type SettingValues } from './settings.ts';

/** Names that older Kafkas had, and that are still in many files. */
const retiredNames = new Set([
  'advertised.host.name',
  'advertised.port',
  'broker.id.generation.enable',
  'control.plane.listener.name',
  'delegation.token.master.key',
  'group.coordinator.new.enable',
  'host.name',
  'inter.broker.protocol.version',
  'log.message.downconversion.enable',
  'log.message.format.version',
  'log.message.timestamp.difference.max.ms',
  'offsets.commit.required.acks',
  'port',
  'reserved.broker.max.id',
]);
/** Families of names: one listener's own settings, plug-ins' settings, ZooKeeper's. */
const families =
  /^(listener\.name\.[^.]+|config\.providers|password\.encoder|zookeeper|remote\.log|rlmm\.config|rsm\.config)\./;

/**
 * The settings that `entries` make, later ones winning, or an OperatingError SKR_CONFIG_INVALID that lists all that
 * is wrong.
 */
export function parseSettings(entries: Iterable<Entry>): Settings {
  const last = new Map<string, Entry>();
  for (const entry of entries) last.set(entry.key, entry);
  const problems: string[] = [];
  const values = new Map<string, unknown>();
  for (const entry of last.values()) {
    try {
      values.set(entry.key, parseValue(ruleOf(entry.key), entry.value));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      problems.push(`${entry.origin}: ${shown(entry)} ${error.message}`);
    }
  }
  const settings = complete(values, last, problems);
  if (problems.length > 0) throw new OperatingError('SKR_CONFIG_INVALID', problems.join('\n'));
  return settings;
}

/** What a value of `name` may be. A name that only Kafka has is checked as loosely as can be: nothing depends on it. */
function ruleOf(name: string): ValueRule {
  if (Object.hasOwn(brokerRows, name)) return brokerRows[name as SettingName];
  const kafka = kafkaBrokerConfigs[name];
  if (kafka !== undefined) return kafka;
  if (retiredNames.has(name) || families.test(name)) return { type: 'string' };
  const nearest = nearestName(name, [...Object.keys(brokerRows), ...Object.keys(kafkaBrokerConfigs)]);
  throw new ValueError(
    `is not a setting${nearest === undefined ? '; docs/configuration.md lists them' : `. Did you mean ${nearest}?`}`,
  );
}

/** Whether this broker does anything with a setting. */
export function hasEffect(name: string): boolean {
  return Object.hasOwn(brokerRows, name) && !plannedSettings.has(name as SettingName);
}

/** Whether a value must not be shown. */
function isSensitive(name: string): boolean {
  return kafkaBrokerConfigs[name]?.type === 'password' || /password|secret|jaas/i.test(name);
}

function shown({ key, value }: Entry): string {
  const known = Object.hasOwn(brokerRows, key) || kafkaBrokerConfigs[key] !== undefined;
  return known && !isSensitive(key) ? `${key}=${value}` : key;
}

function complete(values: Map<string, unknown>, last: ReadonlyMap<string, Entry>, problems: string[]): Settings {
  const resolved = resolveRows(values);
  const guarded = <T>(name: SettingName, fallback: T, run: () => T): T => {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      problems.push(`${last.get(name)?.origin ?? 'default'}: ${name}: ${error.message}`);
      return fallback;
    }
  };
  const controllers = resolved['controller.listener.names'];
  const open = guarded('listeners', [], () =>
    endpoints(resolved.listeners, resolved['listener.security.protocol.map'], controllers),
  );
  const marked = guarded('skerry.listeners.legacy', open, () => withLegacy(open, resolved['skerry.listeners.legacy']));
  const told = guarded('advertised.listeners', new Map(), () =>
    advertised(resolved['advertised.listeners'], open, controllers),
  );
  guarded('skerry.memory.budget', undefined, () => memoryShare(resolved['skerry.memory.budget']));
  guarded('skerry.disk.budget', undefined, () => diskShare(resolved['skerry.disk.budget']));
  problems.push(...contradictions(resolved, (name, what) => `${last.get(name)?.origin ?? 'default'}: ${what}`));
  return {
    ...resolved,
    endpoints: marked,
    advertised: told,
    given: new Map([...last.values()].map(({ key, value }) => [key, value])),
    altered: { cluster: new Map(), node: new Map() },
    withoutEffect: [...last.keys()].filter((name) => !hasEffect(name)),
  };
}

/** What every row holds, given the values of some. */
export function resolveRows(values: ReadonlyMap<string, unknown>): SettingValues {
  return Object.fromEntries(
    Object.entries<Row<unknown>>(brokerRows).map(([name, row]) => [name, resolve(name, row, values)]),
  ) as unknown as SettingValues;
}

function resolve(name: string, row: Row<unknown>, values: ReadonlyMap<string, unknown>): unknown {
  if (values.has(name)) return values.get(name);
  for (const [other, factor] of row.from) {
    const value = values.get(other);
    if (value === undefined || (other === 'broker.id' && value === -1)) continue;
    return typeof value === 'number' && value > 0 ? value * factor : value;
  }
  return row.default;
}

/** Settings that are right alone and wrong together, each in the words that `say` makes of it. */
export function contradictions(settings: SettingValues, tell: (name: SettingName, what: string) => string): string[] {
  const found: string[] = [];
  const say = (name: SettingName, what: string): void => {
    found.push(tell(name, `${name}=${String(settings[name])} ${what}`));
  };
  if (settings['broker.id'] >= 0 && settings['broker.id'] !== settings['node.id']) {
    say('broker.id', `must equal node.id, which is ${settings['node.id']}: take one of them out`);
  }
  if (settings['log.dirs'].length !== 1) say('log.dirs', 'must be one folder: this broker keeps all its data together');
  if (settings['group.min.session.timeout.ms'] > settings['group.max.session.timeout.ms']) {
    say(
      'group.min.session.timeout.ms',
      `must be at most group.max.session.timeout.ms=${settings['group.max.session.timeout.ms']}`,
    );
  }
  if (settings['message.max.bytes'] >= settings['socket.request.max.bytes']) {
    say(
      'message.max.bytes',
      `must be less than socket.request.max.bytes=${settings['socket.request.max.bytes']}: no request could carry it`,
    );
  }
  return found;
}
