/**
 * Alters settings of resources, for AlterConfigs and IncrementalAlterConfigs.
 *
 * Each resource gets its own answer, and all that can be altered is altered in one batch of the metadata log, so that
 * a crash leaves a request done or not. A resource that is named twice is not altered at all, and a request that is too
 * large for one batch alters none.
 *
 * What is altered of a group is kept and told, and nothing reads it: all of its settings are for protocols that are not
 * served yet, and a classic group has none.
 */
import { type ErrorName, errorCode } from '@skerry/wire';
import type { ConfigChange } from './cluster.ts';
import type { Context } from './context.ts';
import { countBy } from './count-by.ts';
import { type LogLevelName, loggerNames, logLevelNames, rootLogger } from './log-levels.ts';
import { recordsPerRequestMax, tooManyRecords } from './records-limit.ts';
import { resourceTypes } from './resource-configs.ts';
import {
  type Alteration,
  alteredConfigs,
  type ConfigRefusal,
  type ConfigRules,
  type Configs,
  configDifference,
  formProblem,
} from './settings/alter-configs.ts';
import { groupRules, metricsRules, nodeRules, topicRules } from './settings/config-rules.ts';
import { topicNameFault } from './topic-name.ts';

export interface ResourceAlteration {
  readonly resourceType: number;
  readonly resourceName: string;
  /** In place of all that the resource has (AlterConfigs), or over it. */
  readonly replace: boolean;
  readonly alterations: readonly Alteration[];
  /** An operation among them is none that there is. */
  readonly strange: boolean;
}

export interface ResourceAnswer {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resourceType: number;
  readonly resourceName: string;
}

type Done = (answers: readonly ResourceAnswer[]) => void;

export function alterConfigs(
  asked: readonly ResourceAlteration[],
  validateOnly: boolean,
  context: Context,
  done: Done,
): void {
  const counts = countBy(asked, keyOf);
  const refusals = asked.map((one) => ((counts.get(keyOf(one)) ?? 0) > 1 ? twice : early(one, context)));
  // Kafka's controller cannot read a request with an operation that it does not know: nothing of it is answered.
  const unreadable = asked.some((one, at) => one.strange && refusals[at] === undefined && isKept(one));
  asked.forEach((one, at) => {
    if (refusals[at] !== undefined) return;
    if (unreadable && isKept(one)) refusals[at] = { error: 'UNKNOWN_SERVER_ERROR', message: null };
    else if (one.resourceType === resourceTypes.brokerLogger) refusals[at] = setLevels(one, validateOnly, context);
  });
  context.cluster.alterConfigs(
    () => {
      const kept = asked.map((one, at) => refusals[at] === undefined && isKept(one));
      const changes = asked.flatMap((one, at) => {
        if (kept[at] !== true) return [];
        const made = changesOf(one, context);
        if (!('error' in made)) return made;
        refusals[at] = made;
        return [];
      });
      if (changes.length <= recordsPerRequestMax) return validateOnly ? [] : changes;
      for (const [at, one] of kept.entries()) if (one) refusals[at] = tooManyRecords;
      return [];
    },
    (error) => {
      const failed: ConfigRefusal | undefined =
        error === undefined ? undefined : { error, message: 'The metadata log cannot be written: see the broker log.' };
      done(asked.map((one, at) => answer(one, refusals[at] ?? (isKept(one) ? failed : undefined))));
    },
  );
}

export function answer(
  { resourceType, resourceName }: { readonly resourceType: number; readonly resourceName: string },
  refusal: { readonly error: ErrorName; readonly message: string | null } | undefined,
): ResourceAnswer {
  const errorMessage = refusal?.message ?? null;
  return { errorCode: errorCode(refusal?.error ?? 'NONE'), errorMessage, resourceType, resourceName };
}

const keyOf = ({ resourceType, resourceName }: ResourceAlteration): string => `${resourceType} ${resourceName}`;

const twice: ConfigRefusal = { error: 'INVALID_REQUEST', message: 'The request names this resource more than once.' };

const invalidRequest = (message: string): ConfigRefusal => ({ error: 'INVALID_REQUEST', message });

/** Levels of loggers are not: a restart forgets them. */
const isKept = ({ resourceType }: ResourceAlteration): boolean => resourceType !== resourceTypes.brokerLogger;

const unauthorised = (error: ErrorName): ConfigRefusal => ({ error, message: null });

/** Why a resource is refused whatever it holds now. */
function early(asked: ResourceAlteration, context: Context): ConfigRefusal | undefined {
  return formProblem(asked.alterations) ?? strangeResource(asked, context) ?? denied(asked, context);
}

function strangeResource(asked: ResourceAlteration, { nodeId }: Context): ConfigRefusal | undefined {
  const { resourceType, resourceName, replace, strange } = asked;
  const isNode = resourceType === resourceTypes.broker;
  const isLogger = resourceType === resourceTypes.brokerLogger && !replace;
  if (!isNode && !isLogger) {
    const { topic, group, clientMetrics } = resourceTypes;
    const known = resourceType === topic || resourceType === group || resourceType === clientMetrics;
    return known ? undefined : invalidRequest(`Resources of type ${resourceType} have no settings to alter.`);
  }
  if (isNode && strange)
    return invalidRequest('An operation is none of set (0), delete (1), append (2), subtract (3).');
  if (isNode && resourceName === '') return undefined;
  if (!/^[+-]?\d+$/.test(resourceName))
    return invalidRequest(`A broker is named by its number, not by "${resourceName}".`);
  return Number(resourceName) === nodeId ? undefined : invalidRequest(`This is broker ${nodeId}, not ${resourceName}.`);
}

function denied({ resourceType, resourceName }: ResourceAlteration, context: Context): ConfigRefusal | undefined {
  const { topic, group } = resourceTypes;
  if (resourceType === topic) {
    if (!context.allowed('alterConfigs', 'topic', resourceName)) return unauthorised('TOPIC_AUTHORIZATION_FAILED');
  } else if (resourceType === group) {
    if (!context.allowed('alterConfigs', 'group', resourceName)) return unauthorised('GROUP_AUTHORIZATION_FAILED');
  } else if (!context.allowed('alterConfigs', 'cluster', 'kafka-cluster'))
    return unauthorised('CLUSTER_AUTHORIZATION_FAILED');
  return context.readOnly === undefined ? undefined : { error: 'POLICY_VIOLATION', message: context.readOnly };
}

interface Target {
  readonly before: Configs;
  readonly rules: ConfigRules;
  /** Why nothing can have that name: said before the settings are looked at. */
  readonly misnamed?: ConfigRefusal | undefined;
  /** Why there is nothing to alter: said where the settings would do. */
  readonly missing?: ConfigRefusal | undefined;
}

function changesOf(asked: ResourceAlteration, context: Context): readonly ConfigChange[] | ConfigRefusal {
  const { resourceType, alterations, replace } = asked;
  const { before, rules, misnamed, missing } = target(asked, context);
  const made = alteredConfigs(replace ? new Map() : before, alterations, rules);
  if ('error' in made) return made;
  const refusal = misnamed ?? rules.problem(made.after, made.set) ?? missing;
  if (refusal !== undefined) return refusal;
  const resourceName = resourceType === resourceTypes.broker ? nodeName(asked.resourceName) : asked.resourceName;
  return configDifference(before, made.after).map((change) => ({ resourceType, resourceName, ...change }));
}

/** A broker's number in one spelling; no name is all brokers. */
const nodeName = (name: string): string => (name === '' ? '' : String(Number(name)));

function target({ resourceType, resourceName }: ResourceAlteration, context: Context): Target {
  const { catalog, live } = context;
  const nameless = (what: string): ConfigRefusal | undefined =>
    resourceName === '' ? { error: 'INVALID_REQUEST', message: `Name ${what}.` } : undefined;
  switch (resourceType) {
    case resourceTypes.topic: {
      const topic = catalog.topic(resourceName);
      if (topic !== undefined) return { before: topic.configs, rules: topicRules };
      const misnamed = nameless('a topic') ?? misnamedTopic(resourceName);
      return { before: new Map(), rules: topicRules, misnamed, missing: noTopic(resourceName) };
    }
    case resourceTypes.group: {
      const before = catalog.resources.of(resourceType, resourceName);
      return { before, rules: groupRules(live.now), misnamed: nameless('a group') };
    }
    case resourceTypes.clientMetrics: {
      const before = catalog.resources.of(resourceType, resourceName);
      return { before, rules: metricsRules, misnamed: nameless('a client metrics subscription') };
    }
    default: {
      const before = catalog.resources.of(resourceType, nodeName(resourceName));
      return { before, rules: nodeRules(live, resourceName !== '') };
    }
  }
}

function misnamedTopic(name: string): ConfigRefusal | undefined {
  const fault = topicNameFault(name);
  if (fault === undefined) return undefined;
  return { error: 'INVALID_TOPIC_EXCEPTION', message: `Topic name is invalid: ${fault}` };
}

const noTopic = (name: string): ConfigRefusal => ({
  error: 'UNKNOWN_TOPIC_OR_PARTITION',
  message: `There is no topic '${name}'.`,
});

function setLevels(asked: ResourceAlteration, validateOnly: boolean, context: Context): ConfigRefusal | undefined {
  const { alterations, strange } = asked;
  if (strange) return { error: 'UNKNOWN_SERVER_ERROR', message: null };
  for (const { name, operation, value } of alterations) {
    if (operation === 'append' || operation === 'subtract') {
      return { error: 'INVALID_REQUEST', message: `A logger has one level: ${operation} does not apply to it.` };
    }
    if (!loggerNames.includes(name)) {
      return { error: 'INVALID_CONFIG', message: `There is no logger ${name}: ${loggerNames.join(', ')} is all.` };
    }
    if (operation === 'delete') {
      return { error: 'INVALID_REQUEST', message: `${rootLogger} has no level to fall back to: set one.` };
    }
    if (!logLevelNames.some((level) => level === value)) {
      return { error: 'INVALID_CONFIG', message: `${value} is no level: ${logLevelNames.join(', ')} are.` };
    }
  }
  const level = alterations.at(-1)?.value;
  if (level !== undefined && !validateOnly) context.logLevels.level = level as LogLevelName;
  return undefined;
}
