/** The two brokers of a run: started here, or already there. */
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '@skerry/wire';
import { type Broker, startBroker } from '../clients/broker.ts';
import { type Api, apis } from './apis.ts';
import type { Pair } from './run.ts';
import { SideRun, type Target } from './side.ts';

/** The same for both, so that what they tell of their settings is the same too. */
const overrides = {
  'group.min.session.timeout.ms': 100,
  // One more than a pair is one too many.
  'group.max.size': 2,
  'offsets.topic.num.partitions': 1,
  // Else what is assigned depends on how quick the requests are.
  'group.consumer.assignment.interval.ms': 0,
  'transaction.state.log.num.partitions': 1,
  // Groups that are empty go when this comes round, at any moment.
  'offsets.retention.check.interval.ms': 24 * 3600 * 1000,
  // Cases set retentions that must not come true while they run.
  'log.retention.check.interval.ms': 24 * 3600 * 1000,
};

export interface Brokers {
  readonly pair: Pair;
  stop(): Promise<void>;
}

export interface Ports {
  readonly skerry?: number;
  readonly kafka?: number;
}

export async function startBrokers(ports: Ports = {}): Promise<Brokers> {
  const started: Broker[] = [];
  const port = async (kind: 'skerry' | 'kafka'): Promise<number> => {
    const known = ports[kind];
    if (known !== undefined) return known;
    const broker = await startBroker(kind, { overrides });
    started.push(broker);
    return broker.port;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((one) => one.stop()));
  };
  try {
    const [skerry, kafka] = await Promise.all([port('skerry'), port('kafka')]);
    const pair = { skerry: await targetAt('skerry', skerry), kafka: await targetAt('kafka', kafka) };
    await Promise.all([pair.skerry, pair.kafka].map(coordinating));
    return { pair, stop };
  } catch (error) {
    const logs = started.map((one) => (one.kind === 'skerry' ? one.log() : '')).join('');
    await stop();
    throw new Error(`the brokers do not coordinate: ${logs}`, { cause: error });
  }
}

async function targetAt(label: Target['label'], port: number): Promise<Target> {
  const side = new SideRun({ label, port, served: new Map() }, 'q-');
  const { ApiVersions } = apis;
  const value = { clientSoftwareName: 'compat', clientSoftwareVersion: '1' };
  await side.ask(ApiVersions, 3, side.frame(ApiVersions, 3, value, 'compat'), { on: 'main', as: undefined });
  const { apiKeys } = side.answer(ApiVersions);
  side.close();
  const served = new Map(
    apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { min: minVersion, max: maxVersion }]),
  );
  return { label, port, served };
}

/** Kafka makes its internal topics at the first question for a coordinator, and takes a moment. */
async function coordinating(target: Target): Promise<void> {
  const side = new SideRun(target, 'q-');
  const { DescribeTransactions, OffsetFetch, FindCoordinator, InitProducerId } = apis;
  const ask = <Q, S>(api: Api<Q, S>, version: number, value: Q): Promise<unknown> =>
    side.ask(api, version, side.frame(api, version, value, 'compat'), { on: 'main', as: undefined });
  const find = { keyType: 0, coordinatorKeys: ['warm-up'] };
  const findOfTransactions = { keyType: 1, coordinatorKeys: ['warm-up'] };
  const describe = { transactionalIds: ['warm-up'] };
  const init = { transactionalId: null, transactionTimeoutMs: 1000, producerId: -1n, producerEpoch: -1 };
  const fetch = { groups: [{ groupId: 'warm-up', topics: null }] };
  const deadline = performance.now() + 60_000;
  for (;;) {
    await ask(FindCoordinator, 4, find);
    await ask(OffsetFetch, 8, fetch);
    await ask(FindCoordinator, 4, findOfTransactions);
    await ask(DescribeTransactions, 0, describe);
    await ask(InitProducerId, 4, init);
    const hasTransactions =
      side.answer(DescribeTransactions).transactionStates[0]?.errorCode === errorCode('TRANSACTIONAL_ID_NOT_FOUND');
    const ready = side.answer(OffsetFetch).groups[0]?.errorCode === 0 && side.answer(InitProducerId).errorCode === 0;
    if (ready && hasTransactions) break;
    if (performance.now() > deadline) throw new Error(`${target.label}: no group coordinator within a minute`);
    await delay(50);
  }
  side.close();
}
