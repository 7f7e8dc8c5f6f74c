/** Which metrics a client is asked for: the subscriptions that fit it, put together (KIP-714). */
import { type ResourceConfigs, resourceTypes } from '../resource-configs.ts';

/** A client, by what a subscription's `match` may name. */
export type ClientTraits = Readonly<Record<string, string>>;

export interface Subscription {
  /** Beginnings of metrics' names, sorted; `*` is all. None: the client pushes nothing. */
  readonly metrics: readonly string[];
  readonly intervalMs: number;
}

const allMetrics = '*';
/** How often clients push, and ask again, unless a subscription wants it more often. */
const intervalMsMax = 300_000;

export function subscriptionOf(resources: ResourceConfigs, traits: ClientTraits): Subscription {
  const metrics = new Set<string>();
  let intervalMs = intervalMsMax;
  for (const name of resources.names(resourceTypes.clientMetrics)) {
    const configs = resources.of(resourceTypes.clientMetrics, name);
    if (!matches(elements(configs.get('match')), traits)) continue;
    for (const metric of elements(configs.get('metrics'))) metrics.add(metric);
    intervalMs = Math.min(intervalMs, Number(configs.get('interval.ms') ?? intervalMsMax));
  }
  return { metrics: metrics.has(allMetrics) ? [allMetrics] : [...metrics].sort(), intervalMs };
}

function elements(list: string | undefined): readonly string[] {
  return (list ?? '')
    .split(',')
    .map((element) => element.trim())
    .filter((element) => element !== '');
}

/** All patterns must fit, each the whole of its trait. */
function matches(patterns: readonly string[], traits: ClientTraits): boolean {
  return patterns.every((pattern) => {
    const at = pattern.indexOf('=');
    const trait = traits[pattern.slice(0, at).trim()];
    return trait !== undefined && regularExpression(pattern.slice(at + 1).trim())?.test(trait) === true;
  });
}

/** Undefined for what Java reads as a pattern and JavaScript does not: it fits no client. */
function regularExpression(source: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${source})$`);
  } catch {
    return undefined;
  }
}
