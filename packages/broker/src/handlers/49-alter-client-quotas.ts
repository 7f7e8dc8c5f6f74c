import {
  type AlterClientQuotasRequest,
  type AlterClientQuotasResponseInput,
  alterClientQuotasRequest,
  alterClientQuotasResponse,
  type ClientQuotaRecordInput,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import type { Handler } from '../handler.ts';
import { changesFault, entityFault, type QuotaChange } from '../quotas/alteration.ts';
import { type EntityPart, entityKey, inOrder } from '../quotas/quota-table.ts';
import { recordsPerRequestMax, tooManyRecords } from '../records-limit.ts';

type Asked = AlterClientQuotasRequest['entries'][number];
type Answer = NonNullable<AlterClientQuotasResponseInput['entries']>[number];

/**
 * AlterClientQuotas, v0-v1: sets and removes quotas (KIP-546, KIP-612). They bind from the answer on.
 *
 * - Each entity has its own answer, and all changes that stand are made together. A type that is named twice in an
 *   entity counts once, with its last name. An entity that comes twice is refused the second time, which is what the
 *   answer tells. More than ten thousand changes at once are none: POLICY_VIOLATION.
 * - Not done: an address is a number, not the name of a host, which would have to be looked up.
 */
export const alterClientQuotas: Handler<AlterClientQuotasRequest, AlterClientQuotasResponseInput> = {
  request: alterClientQuotasRequest,
  response: alterClientQuotasResponse,
  versions: [0, 1],

  handle(request, context, reply) {
    if (!context.allowed('alterConfigs', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    }
    if (context.readOnly !== undefined) return reply(refused(request, 'POLICY_VIOLATION', context.readOnly));
    const answers = new Map<string, Answer>();
    const records: ClientQuotaRecordInput[] = [];
    for (const asked of request.entries) {
      const entity = entityOf(asked);
      const key = entityKey(entity);
      const changes = changesOf(asked);
      const twice = answers.has(key) ? 'the entity is named twice' : undefined;
      const fault = twice ?? entityFault(entity) ?? changesFault(entity, changes);
      answers.set(key, answerOf(entity, fault === undefined ? 'NONE' : 'INVALID_REQUEST', fault));
      if (fault === undefined) records.push(...recordsOf(entity, changes, context));
    }
    if (records.length > recordsPerRequestMax) {
      return reply(refused(request, tooManyRecords.error, tooManyRecords.message));
    }
    if (request.validateOnly) return reply({ entries: [...answers.values()] });
    context.cluster.alterQuotas(records, (error) => {
      if (error === undefined) reply({ entries: [...answers.values()] });
      else reply(refused(request, error, 'the metadata log cannot be written: see the broker log'));
    });
  },

  refuse: (request, error) => refused(request, error, error),
};

function entityOf({ entity }: Asked): readonly EntityPart[] {
  return inOrder([...new Map(entity.map((part) => [part.entityType, part])).values()]);
}

function changesOf({ ops }: Asked): readonly QuotaChange[] {
  return ops.map(({ key, value, remove }) => ({ key, value: remove ? undefined : value }));
}

/** What has to be written: what is already so is left out. */
function recordsOf(
  entity: readonly EntityPart[],
  changes: readonly QuotaChange[],
  { catalog }: Context,
): readonly ClientQuotaRecordInput[] {
  const present = catalog.quotas.valuesOf(entity);
  return changes
    .filter(({ key, value }) => !Object.is(present?.get(key), value))
    .map(({ key, value }) => ({ entity, key, value: value ?? 0, remove: value === undefined }));
}

function refused(request: AlterClientQuotasRequest, error: ErrorName, message: string) {
  return { entries: request.entries.map((asked) => answerOf(entityOf(asked), error, message)) };
}

function answerOf(entity: readonly EntityPart[], error: ErrorName, message: string | undefined): Answer {
  return { errorCode: errorCode(error), errorMessage: message ?? null, entity };
}
