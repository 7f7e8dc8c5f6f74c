/** A share group's requests in a tester's words, over the wire to a simulated broker. */
import { Offset, type Uuid, utf8Decode } from '@skerry/base';
import { type RawClient, World } from '@skerry/testkit';
import {
  errorName,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  metadataRequest,
  metadataResponse,
  records,
  shareAcknowledgeRequest,
  shareAcknowledgeResponse,
  shareFetchRequest,
  shareFetchResponse,
  shareGroupHeartbeatRequest,
  shareGroupHeartbeatResponse,
} from '@skerry/wire';
import { createTopic } from '../calls.ts';
import { SimulatedNode } from '../simulated-node.ts';

export interface Stage {
  readonly node: SimulatedNode;
  readonly client: RawClient;
  readonly topicId: Uuid;
}

/** A node with the topic t, which group g reads from its start. */
export function stage(settings: Readonly<Record<string, string | number>> = {}): Stage {
  const node = new SimulatedNode(new World(9), settings);
  node.start();
  const client = node.client();
  createTopic(client, 't');
  const configs = [{ name: 'share.auto.offset.reset', configOperation: 0, value: 'earliest' }];
  const resources = [{ resourceType: 32, resourceName: 'g', configs }];
  client.ask(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, 1, { resources, validateOnly: false });
  const { topics } = client.ask(metadataRequest, metadataResponse, 12, { topics: [{ name: 't' }] });
  const topicId = topics[0]?.topicId;
  if (topicId === undefined) throw new Error('no topic');
  return { node, client, topicId };
}

export function join(client: RawClient, memberId: string, memberEpoch = 0, groupId = 'g') {
  const subscribedTopicNames = memberEpoch === 0 ? ['t'] : null;
  const { errorCode, ...answer } = client.ask(shareGroupHeartbeatRequest, shareGroupHeartbeatResponse, 1, {
    groupId,
    memberId,
    memberEpoch,
    subscribedTopicNames,
  });
  return { error: errorName(errorCode), ...answer };
}

export type Said = readonly (readonly [first: number, last: number, type: number])[];

const batches = (said: Said) =>
  said.map(([first, last, type]) => ({
    firstOffset: Offset(first),
    lastOffset: Offset(last),
    acknowledgeTypes: [type],
  }));

/** Takes what there is; what is acquired as [first, last, deliveries]. */
export function take(on: Pick<Stage, 'client' | 'topicId'>, memberId: string, epoch: number, said: Said = []) {
  const { client, topicId } = on;
  const answer = client.ask(shareFetchRequest, shareFetchResponse, 2, {
    groupId: 'g',
    memberId,
    shareSessionEpoch: epoch,
    maxWaitMs: 100,
    minBytes: 1,
    maxBytes: 1024 * 1024,
    maxRecords: 500,
    batchSize: 500,
    topics: [{ topicId, partitions: [{ partitionIndex: 0, acknowledgementBatches: batches(said) }] }],
  });
  const told = answer.responses[0]?.partitions[0];
  const bytes = told?.records;
  const values: string[] = [];
  if (bytes instanceof Uint8Array && bytes.length > 0) {
    for (const { value } of records(bytes, 0)) values.push(utf8Decode(value ?? new Uint8Array(0)));
  }
  return {
    error: errorName(answer.errorCode),
    partitionError: errorName(told?.errorCode ?? 0),
    acknowledged: errorName(told?.acknowledgeErrorCode ?? 0),
    acquired: (told?.acquiredRecords ?? []).map((one) => [one.firstOffset, one.lastOffset, one.deliveryCount]),
    values,
  };
}

/** What the node answers: of the request, or else of the partition. */
export function say(on: Pick<Stage, 'client' | 'topicId'>, memberId: string, epoch: number, said: Said): string {
  const { errorCode, responses } = on.client.ask(shareAcknowledgeRequest, shareAcknowledgeResponse, 2, {
    groupId: 'g',
    memberId,
    shareSessionEpoch: epoch,
    isRenewAck: said.some(([, , type]) => type === 4),
    topics: [{ topicId: on.topicId, partitions: [{ partitionIndex: 0, acknowledgementBatches: batches(said) }] }],
  });
  return errorName(errorCode === 0 ? (responses[0]?.partitions[0]?.errorCode ?? -1) : errorCode);
}
