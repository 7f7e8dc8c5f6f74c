/** Cases of the admin of @platformatic/kafka. */
import { strict as assert } from 'node:assert';
import { eventually, numbered, test, unique } from '../harness.mjs';
import { admin, client, consumer, read, refused, send, topic, valuesOf } from './support.mjs';

const { ConfigResourceTypes, IncrementalAlterConfigOperationTypes } = client;

test('admin topics: created, listed, described, grown, deleted', async (t) => {
  const name = await topic(t, 1);
  const one = admin(t, { retries: 1 });
  assert((await one.listTopics()).includes(name));
  assert(
    (await refused(one.createTopics({ topics: [name], partitions: 1, replicas: 1 }))).includes('TOPIC_ALREADY_EXISTS'),
  );
  await one.createPartitions({ topics: [{ name, count: 3, assignments: null }] });
  await eventually('three', async () => {
    const { topics } = await one.metadata({ topics: [name], forceUpdate: true });
    return topics.get(name).partitionsCount === 3;
  });
  await one.deleteTopics({ topics: [name] });
  await eventually('it is gone', async () => !(await one.listTopics()).includes(name));
  assert((await refused(one.deleteTopics({ topics: [name] }))).includes('UNKNOWN_TOPIC_OR_PARTITION'));
});

test('admin topics: what cannot be is refused', async (t) => {
  const one = admin(t, { retries: 1 });
  const create = (options) =>
    refused(one.createTopics({ topics: [unique('refused')], partitions: 1, replicas: 1, ...options }));
  assert((await create({ replicas: 9 })).includes('INVALID_REPLICATION_FACTOR'));
  assert((await create({ topics: ['a/b'] })).includes('INVALID_TOPIC_EXCEPTION'));
  assert((await create({ configs: [{ name: 'retention.ms', value: 'soon' }] })).includes('INVALID_CONFIG'));
});

test('admin configs: a topic’s are described, altered one by one and as a whole', async (t) => {
  const resourceName = await topic(t, 1);
  const one = admin(t);
  const of = { resourceType: ConfigResourceTypes.TOPIC, resourceName };
  const told = async (name) => {
    const [described] = await one.describeConfigs({
      resources: [{ ...of, configurationKeys: [name] }],
      includeSynonyms: true,
    });
    return described.configs[0].value;
  };
  const change = async (configOperation, name, value, then) => {
    await one.incrementalAlterConfigs({ resources: [{ ...of, configs: [{ name, value, configOperation }] }] });
    await eventually(`${name} is ${then}`, async () => (await told(name)) === then);
  };
  await change(IncrementalAlterConfigOperationTypes.SET, 'retention.ms', '5000', '5000');
  await change(IncrementalAlterConfigOperationTypes.APPEND, 'cleanup.policy', 'compact', 'delete,compact');
  await change(IncrementalAlterConfigOperationTypes.SUBTRACT, 'cleanup.policy', 'delete', 'compact');
  await change(IncrementalAlterConfigOperationTypes.DELETE, 'retention.ms', undefined, '604800000');
  await one.alterConfigs({ resources: [{ ...of, configs: [{ name: 'segment.bytes', value: '2000000' }] }] });
  await eventually(
    'replaced',
    async () => (await told('segment.bytes')) === '2000000' && (await told('cleanup.policy')) === 'delete',
  );
});

test('admin configs: the broker’s are described', async (t) => {
  const one = admin(t);
  const { controllerId } = await one.metadata({ topics: [] });
  const resource = { resourceType: ConfigResourceTypes.BROKER, resourceName: String(controllerId) };
  const [{ configs }] = await one.describeConfigs({ resources: [resource] });
  assert(configs.length > 100);
});

test('admin groups: listed, described, offsets set, read and removed, deleted', async (t) => {
  const [name, groupId] = [await topic(t, 1), unique('group')];
  const one = admin(t, { retries: 1 });
  const member = consumer(t, { groupId });
  await member.consume({ topics: [name], mode: 'earliest', autocommit: false });
  await eventually('it is stable', async () => (await one.listGroups()).get(groupId)?.state === 'Stable');
  const described = (await one.describeGroups({ groups: [groupId] })).get(groupId);
  assert.deepEqual([described.protocolType, described.members.size], ['consumer', 1]);
  assert((await refused(one.deleteGroups({ groups: [groupId] }))).includes('NON_EMPTY_GROUP'));
  await member.close(true);
  await eventually('it is empty', async () => (await one.listGroups()).get(groupId)?.state === 'Empty');
  await one.alterConsumerGroupOffsets({
    groupId,
    topics: [{ name, partitionOffsets: [{ partition: 0, offset: 7n }] }],
  });
  const committed = async () => {
    const [group] = await one.listConsumerGroupOffsets({
      groups: [{ groupId, topics: [{ name, partitionIndexes: [0] }] }],
    });
    return group.topics[0].partitions[0].committedOffset;
  };
  assert.equal(await committed(), 7n);
  await one.deleteConsumerGroupOffsets({ groupId, topics: [{ name, partitionIndexes: [0] }] });
  assert.equal(await committed(), -1n);
  assert.equal((await one.findCoordinator({ keyType: 0, keys: [groupId] })).length, 1);
});

test('admin records: deleted below an offset', async (t) => {
  const name = await topic(t);
  await send(t, name, numbered(0, 10));
  const one = admin(t, { retries: 1 });
  const below = async (offset) =>
    await one.deleteRecords({ topics: [{ name, partitions: [{ partition: 0, offset }] }] });
  assert.equal((await below(4n))[0].partitions[0].lowWatermark, 4n);
  assert.deepEqual(valuesOf(await read(t, name, 6)), numbered(4, 10));
  assert((await refused(below(99n))).includes('OFFSET_OUT_OF_RANGE'));
});

test('admin quotas: set, described, removed', async (t) => {
  const entityName = unique('quota');
  const one = admin(t);
  const alter = async (op) =>
    await one.alterClientQuotas({
      entries: [{ entities: [{ entityType: 'client-id', entityName }], ops: [op] }],
      validateOnly: false,
    });
  const components = [{ entityType: 'client-id', matchType: 0, match: entityName }];
  const described = async () => await one.describeClientQuotas({ components, strict: true });
  await alter({ key: 'producer_byte_rate', value: 1_000_000, remove: false });
  await eventually('described', async () => (await described())[0]?.values[0]?.value === 1_000_000);
  await alter({ key: 'producer_byte_rate', remove: true });
  await eventually('removed', async () => (await described()).length === 0);
});

test('admin other: log dirs', async (t) => {
  const name = await topic(t);
  await send(t, name, numbered(0, 100));
  const [broker] = await admin(t).describeLogDirs({ topics: [{ name, partitions: [0] }] });
  const sizes = broker.results.flatMap(({ topics }) =>
    topics.flatMap(({ partitions }) => partitions.map(({ partitionSize }) => partitionSize)),
  );
  assert.equal(sizes.length, 1);
  assert(sizes[0] > 100n);
});

test('admin other: offsets of the latest timestamp and the local start', async (t) => {
  const name = await topic(t);
  const now = BigInt(Date.now());
  const one = admin(t);
  await send(t, name, numbered(0, 3));
  const at = async (timestamp) => {
    const [found] = await one.listOffsets({ topics: [{ name, partitions: [{ partitionIndex: 0, timestamp }] }] });
    return found.partitions[0];
  };
  assert((await at(-3n)).timestamp >= now);
  assert.equal((await at(-4n)).offset, 0n);
});

test('admin other: what there is not without security is refused as by Kafka', async (t) => {
  const filter = {
    resourceType: 1,
    resourceName: null,
    resourcePatternType: 1,
    principal: null,
    host: null,
    operation: 1,
    permissionType: 1,
  };
  assert((await refused(admin(t, { retries: 1 }).describeAcls({ filter }))).includes('SECURITY_DISABLED'));
});
