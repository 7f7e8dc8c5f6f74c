/** Settings of topics and of the broker: described, and altered. Kafka takes these in a moment after it answers. */
import { type Admin, type ConfigEntries, ConfigResourceTypes, ConfigSource } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { admin, covers, eventually, kafka, producer, topicOf, unique, useBroker } from './support.ts';

const broker = useBroker();

async function described(client: Admin, type: ConfigResourceTypes, name: string, ...configNames: string[]) {
  const { resources } = await client.describeConfigs({
    includeSynonyms: true,
    resources: [{ type, name, configNames }],
  });
  const entries: Record<string, ConfigEntries> = {};
  for (const entry of resources[0]?.configEntries ?? []) entries[entry.configName] = entry;
  return entries;
}

describe('kafkajs admin: settings', () => {
  test('describeConfigs tells a topic’s settings, whose they are, and what they would be', async () => {
    covers('Admin.describeConfigs', 'Admin.describeConfigs.resources');
    covers('Admin.describeConfigs.includeSynonyms', 'ConfigResourceTypes.TOPIC');
    covers('ResourceConfigQuery.type', 'ResourceConfigQuery.name', 'ResourceConfigQuery.configNames');
    covers('DescribeConfigResponse.resources');
    covers('DescribeConfigResponse.resources.configEntries', 'DescribeConfigResponse.resources.errorCode');
    covers('DescribeConfigResponse.resources.resourceName', 'DescribeConfigResponse.resources.resourceType');
    covers('ConfigEntries.configName', 'ConfigEntries.configValue', 'ConfigEntries.configSource');
    covers('ConfigEntries.isDefault', 'ConfigEntries.isSensitive', 'ConfigEntries.readOnly');
    covers('ConfigEntries.configSynonyms', 'ConfigSynonyms.configName', 'ConfigSynonyms.configValue');
    covers('ConfigSynonyms.configSource', 'ConfigSource.TOPIC_CONFIG', 'ConfigSource.DEFAULT_CONFIG');
    const client = await admin(kafka(broker()));
    const topic = unique('described');
    const configEntries = [{ name: 'segment.bytes', value: '2000000' }];
    await client.createTopics({ topics: [{ topic, configEntries }] });
    const configs = {
      includeSynonyms: true,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['segment.bytes', 'cleanup.policy'] }],
    };
    const { resources } = await client.describeConfigs(configs);
    expect(resources).toMatchObject([{ errorCode: 0, resourceName: topic, resourceType: ConfigResourceTypes.TOPIC }]);
    const [own, other] = ['segment.bytes', 'cleanup.policy'].map((name) =>
      resources[0]?.configEntries.find(({ configName }) => configName === name),
    );
    expect(own).toMatchObject({
      configValue: '2000000',
      configSource: ConfigSource.TOPIC_CONFIG,
      isDefault: false,
      isSensitive: false,
      readOnly: false,
      configSynonyms: [
        { configName: 'segment.bytes', configValue: '2000000', configSource: ConfigSource.TOPIC_CONFIG },
        { configName: 'log.segment.bytes', configValue: '1073741824', configSource: ConfigSource.DEFAULT_CONFIG },
      ],
    });
    expect(other).toMatchObject({ configValue: 'delete', configSource: ConfigSource.DEFAULT_CONFIG });
  });

  test('describeConfigs tells the broker’s settings and its loggers', async () => {
    covers('ConfigResourceTypes.BROKER', 'ConfigResourceTypes.BROKER_LOGGER', 'ConfigSource.STATIC_BROKER_CONFIG');
    covers('ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG');
    const client = await admin(kafka(broker()));
    const { controller } = await client.describeCluster();
    const { BROKER, BROKER_LOGGER } = ConfigResourceTypes;
    const { listeners } = await described(client, BROKER, String(controller), 'listeners');
    expect(listeners).toMatchObject({ configSource: ConfigSource.STATIC_BROKER_CONFIG });
    const { root } = await described(client, BROKER_LOGGER, String(controller), 'root');
    expect(root).toMatchObject({ configValue: 'INFO', configSource: ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG });
  });

  test('alterConfigs puts settings in place of a topic’s, and the next message meets them', async () => {
    covers('Admin.alterConfigs', 'Admin.alterConfigs.resources', 'Admin.alterConfigs.validateOnly');
    covers('IResourceConfig.type', 'IResourceConfig.name', 'IResourceConfig.configEntries');
    covers('IResourceConfigEntry.name', 'IResourceConfigEntry.value');
    const of = kafka(broker(), { retry: { retries: 0 } });
    const client = await admin(of);
    const topic = await topicOf(of);
    const configs = {
      validateOnly: true,
      resources: [
        { type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: 'max.message.bytes', value: '500' }] },
      ],
    };
    const value = async () =>
      (await described(client, ConfigResourceTypes.TOPIC, topic, 'max.message.bytes'))['max.message.bytes']
        ?.configValue;
    await client.alterConfigs(configs);
    expect(await value()).not.toBe('500');
    await client.alterConfigs({ ...configs, validateOnly: false });
    await eventually('the new limit to be told', async () => (await value()) === '500');
    const sender = await producer(of);
    const large = { topic, messages: [{ value: 'x'.repeat(1000) }] };
    await eventually('a message beyond it to be refused', () =>
      sender.send(large).then(
        () => false,
        (error: unknown) => (error as { type?: string }).type === 'MESSAGE_TOO_LARGE',
      ),
    );
  });

  test('alterConfigs alters the broker while it runs', async () => {
    covers('ConfigSource.DYNAMIC_BROKER_CONFIG');
    const client = await admin(kafka(broker()));
    const name = String((await client.describeCluster()).controller);
    const configEntries = [{ name: 'log.roll.ms', value: '6000000' }];
    const resources = [{ type: ConfigResourceTypes.BROKER, name, configEntries }];
    await client.alterConfigs({ validateOnly: false, resources });
    await eventually('the setting to be told as altered', async () => {
      const entries = await described(client, ConfigResourceTypes.BROKER, name, 'log.roll.ms');
      return entries['log.roll.ms']?.configSource === ConfigSource.DYNAMIC_BROKER_CONFIG;
    });
  });

  test.each([
    ['a value that is none', ConfigResourceTypes.TOPIC, 'retention.ms', 'soon', 'INVALID_CONFIG'],
    ['a name that is none', ConfigResourceTypes.TOPIC, 'no.such', '1', 'INVALID_CONFIG'],
    ['a setting that only a restart changes', ConfigResourceTypes.BROKER, 'num.partitions', '2', 'INVALID_REQUEST'],
  ])('alterConfigs refuses %s, and says why', async (_what, type, name, value, error) => {
    covers('DescribeConfigResponse.resources.errorMessage');
    const of = kafka(broker());
    const client = await admin(of);
    const resource =
      type === ConfigResourceTypes.TOPIC ? await topicOf(of) : String((await client.describeCluster()).controller);
    const resources = [{ type, name: resource, configEntries: [{ name, value }] }];
    await expect(client.alterConfigs({ validateOnly: false, resources })).rejects.toMatchObject({ type: error });
    const answer = await client.describeConfigs({ includeSynonyms: false, resources: [{ type, name: resource }] });
    expect(answer.resources[0]?.errorMessage ?? '').toBe('');
    expect(answer.resources[0]?.configEntries.length).toBeGreaterThan(30);
  });
});
