export { Admin, type ConfigEntry, type NewTopic } from './admin.ts';
export { Client, type ClientOptions, type PartitionInfo, parseAddress, type TopicInfo } from './client.ts';
export { BrokerConnection, type ConnectionOptions, type RequestOptions } from './connection.ts';
export { type ConsumedRecord, Consumer, type ConsumerOptions } from './consumer.ts';
export { isRetriable, KafkaError, UnreachableError } from './errors.ts';
export { type Isolation, offsetOf, type Place } from './offsets.ts';
export { murmur2, partitionOf } from './partitioner.ts';
export { Producer, type ProducerOptions, type Sent } from './producer.ts';
export type { ClientWorld } from './world.ts';
