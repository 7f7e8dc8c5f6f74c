/** The rules of each kind of resource, with the codes that Kafka refuses by. */
import type { ConfigRefusal, ConfigRules, Configs } from './alter-configs.ts';
import { listenerless, nodeRule } from './describe-configs.ts';
import {
  kafkaBrokerConfigs,
  kafkaGroupConfigs,
  kafkaMetricsConfigs,
  kafkaTopicConfigs,
} from './kafka-configs.generated.ts';
import { isFixed, type LiveSettings } from './live-settings.ts';
import { parseExactly, ValueError, type ValueRule } from './row.ts';
import type { Settings } from './settings.ts';
import { topicRows, topicSettingProblem } from './topic-settings.ts';

const invalid = (message: string): ConfigRefusal => ({ error: 'INVALID_CONFIG', message });
const invalidRequest = (message: string): ConfigRefusal => ({ error: 'INVALID_REQUEST', message });

const noList = (name: string, operation: string): ConfigRefusal =>
  invalid(`${name} is not a list: ${operation} does not apply to it`);

export const topicRules: ConfigRules = {
  rule: (name) => topicRows.get(name)?.row ?? kafkaTopicConfigs[name],
  listDefault: (name) => kafkaTopicConfigs[name]?.default ?? '',
  noList,
  problem(after, set) {
    for (const name of set) {
      const problem = topicSettingProblem(name, after.get(name) ?? null);
      if (problem !== undefined) return invalid(problem);
    }
    const conflict = topicConflict(after);
    return conflict === undefined ? undefined : invalid(conflict);
  },
};

/** Settings of a topic that are right alone and wrong together. */
export function topicConflict(configs: Configs): string | undefined {
  const least = BigInt(configs.get('min.compaction.lag.ms')?.trim() ?? '0');
  const most = BigInt(configs.get('max.compaction.lag.ms')?.trim() ?? '9223372036854775807');
  if (least > most) return `min.compaction.lag.ms (${least}) is more than max.compaction.lag.ms (${most})`;
  if (configs.get('remote.storage.enable')?.trim().toLowerCase() === 'true') {
    return 'remote.storage.enable: this broker has no tiered storage';
  }
  return undefined;
}

/** Patterns that choose the clients of a subscription are for these (KIP-714). */
const matchable = new Set([
  'client_instance_id',
  'client_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
]);
const pushIntervalMs = { min: 100, max: 3_600_000 } as const;

export const metricsRules: ConfigRules = {
  rule: () => undefined,
  listDefault: () => '',
  noList,
  problem(after) {
    for (const [name, value] of after) {
      const rule = kafkaMetricsConfigs[name];
      if (rule === undefined) return invalidRequest(`Unknown client metrics config name: ${name}`);
      const problem = valueProblem(name, value, rule);
      if (problem !== undefined) return invalid(problem);
    }
    const interval = Number(after.get('interval.ms') ?? pushIntervalMs.max);
    if (interval < pushIntervalMs.min || interval > pushIntervalMs.max) {
      return invalidRequest(`interval.ms must be from ${pushIntervalMs.min} to ${pushIntervalMs.max}, not ${interval}`);
    }
    const bad = (after.get('match') ?? '').split(',').find((pattern) => pattern.trim() !== '' && !isPattern(pattern));
    return bad === undefined ? undefined : invalid(`match: ${bad} is not NAME=PATTERN of a property clients have`);
  },
};

function isPattern(text: string): boolean {
  const [name = '', pattern, ...more] = text.split('=');
  if (pattern === undefined || more.length > 0 || !matchable.has(name.trim())) return false;
  try {
    return new RegExp(pattern.trim()) instanceof RegExp;
  } catch {
    return false;
  }
}

export function groupRules(settings: Settings): ConfigRules {
  return {
    rule: () => undefined,
    listDefault: () => '',
    noList,
    problem(after) {
      for (const [name, value] of after) {
        const rule = kafkaGroupConfigs[name];
        if (rule === undefined) return invalid(`Unknown group config name: ${name}`);
        const problem = valueProblem(name, value, rule) ?? groupBounds(name, Number(value), settings);
        if (problem !== undefined) return invalid(problem);
      }
      const conflict = groupConflict(after, settings);
      return conflict === undefined ? undefined : invalid(conflict);
    },
  };
}

/** The node bounds a group's `consumer.session.timeout.ms` by `group.consumer.min.session.timeout.ms`, and so on. */
function groupBounds(name: string, value: number, settings: Settings): string | undefined {
  if (name === 'share.auto.offset.reset' || Number.isNaN(value)) return undefined;
  const [protocol = '', ...rest] = name.split('.');
  const subject = rest.join('.').replace(/^num\./, '');
  const least = nodeNumber(`group.${protocol}.min.${subject}`, settings);
  const most = nodeNumber(`group.${protocol}.max.${subject}`, settings);
  if (least !== undefined && value < least) return `${name} must be at least group.${protocol}.min.${subject}=${least}`;
  if (most !== undefined && value > most) return `${name} must be at most group.${protocol}.max.${subject}=${most}`;
  return undefined;
}

function groupConflict(after: Configs, settings: Settings): string | undefined {
  for (const protocol of ['consumer', 'share', 'streams']) {
    const of = (name: string): number | undefined =>
      after.has(name) ? Number(after.get(name)) : nodeNumber(`group.${name}`, settings);
    const session = of(`${protocol}.session.timeout.ms`);
    const heartbeat = of(`${protocol}.heartbeat.interval.ms`);
    if (session !== undefined && heartbeat !== undefined && session <= heartbeat) {
      return `${protocol}.session.timeout.ms must be more than ${protocol}.heartbeat.interval.ms`;
    }
  }
  const reset = after.get('share.auto.offset.reset');
  if (
    reset === undefined ||
    /^(latest|earliest|by_duration:P(?=.)(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?)$/.test(reset)
  ) {
    return undefined;
  }
  return 'share.auto.offset.reset must be latest, earliest, or by_duration: and a period such as PT1H30M';
}

/** What a number of the node's is now, known to this broker or to Kafka alone. */
function nodeNumber(name: string, { altered, given }: Settings): number | undefined {
  const text =
    altered.node.get(name) ?? altered.cluster.get(name) ?? given.get(name) ?? kafkaBrokerConfigs[name]?.default;
  return text === undefined || text === null ? undefined : Number(text);
}

/** Of TLS: each listener has its own, so that only `listener.name.NAME.…` of them can be altered. */
const perListener = new Set([
  'ssl.keystore.type',
  'ssl.keystore.location',
  'ssl.keystore.password',
  'ssl.keystore.certificate.chain',
  'ssl.keystore.key',
  'ssl.key.password',
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.truststore.password',
  'ssl.truststore.certificates',
]);

/** Kafka has no pools of threads grow or shrink by more than half or double; here none of them exist. */
const threadCounts: ReadonlySet<string> = new Set([
  'background.threads',
  'num.io.threads',
  'num.network.threads',
  'num.replica.fetchers',
  'num.recovery.threads.per.data.dir',
  'log.cleaner.threads',
]);

/** The rules of brokers: of all of them (`one` is false), or of this one. */
export function nodeRules(live: LiveSettings, one: boolean): ConfigRules {
  return {
    rule: nodeRule,
    listDefault: (name) => kafkaBrokerConfigs[name]?.default ?? '',
    noList: (name, operation) =>
      nodeRule(name) === undefined ? invalid(`Unknown config name: ${name}`) : noList(name, operation),
    problem(after, set) {
      const problem = nodeProblem(after, set, one) ?? threadsProblem(after, set, live.now);
      if (problem !== undefined) return invalidRequest(problem);
      const { cluster, node } = live.now.altered;
      const contradiction = one ? live.contradiction(cluster, after) : live.contradiction(after, node);
      return contradiction === undefined ? undefined : invalidRequest(contradiction);
    },
  };
}

/** A name that nobody knows is kept: it may be some plug-in's. */
function nodeProblem(after: Configs, set: ReadonlySet<string>, one: boolean): string | undefined {
  const names = [...after.keys()];
  const fixed = names.filter((name) => nodeRule(name) !== undefined && isFixed(listenerless(name)));
  if (fixed.length > 0) return `Only a restart changes: ${fixed.join(', ')}`;
  const tls = names.filter((name) => perListener.has(name));
  if (tls.length > 0) return `Altered by listener alone, as listener.name.NAME.…: ${tls.join(', ')}`;
  const own = names.filter((name) => kafkaBrokerConfigs[name]?.dynamic === 'per-broker');
  if (!one && own.length > 0) return `Each broker has its own, name one: ${own.join(', ')}`;
  for (const name of set) {
    const rule = nodeRule(name);
    const problem = rule === undefined ? undefined : valueProblem(name, after.get(name) ?? '', rule);
    if (problem !== undefined) return problem;
  }
  if (set.has('log.retention.ms') && Number(after.get('log.retention.ms')) === 0) {
    return 'log.retention.ms must be at least 1, or -1 for ever';
  }
  const overrides = after.get('max.connections.per.ip.overrides') ?? '';
  const bad = overrides.split(',').find((pair) => pair.trim() !== '' && !/^.+:\d+$/.test(pair.trim()));
  return bad === undefined ? undefined : `max.connections.per.ip.overrides: ${bad} is not HOST:COUNT`;
}

function threadsProblem(after: Configs, set: ReadonlySet<string>, settings: Settings): string | undefined {
  for (const name of set) {
    if (!threadCounts.has(name)) continue;
    const now = nodeNumber(name, settings) ?? 1;
    const wanted = Number(after.get(name));
    if (wanted > now * 2 || wanted < now / 2) return `${name} can be halved or doubled at most at a time, from ${now}`;
  }
  return undefined;
}

/** What is wrong with a value, in words. */
function valueProblem(name: string, value: string, rule: ValueRule): string | undefined {
  try {
    parseExactly(rule, value);
    return undefined;
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return `Invalid value ${rule.type === 'password' ? '[hidden]' : value} for configuration ${name}: ${error.message}`;
  }
}
