import {
  type AlterUserScramCredentialsRequest,
  type AlterUserScramCredentialsResponseInput,
  alterUserScramCredentialsRequest,
  alterUserScramCredentialsResponse,
  type ErrorName,
  errorCode,
} from '@skerry/wire';
import type { Handler } from '../handler.ts';

type Deletion = AlterUserScramCredentialsRequest['deletions'][number];
type Upsertion = AlterUserScramCredentialsRequest['upsertions'][number];
type Verdict = readonly [error: ErrorName, message: string | null];

/** Mechanisms and their least iterations, by Kafka's numbers (KIP-554). */
const iterationsMin: ReadonlyMap<number, number> = new Map([
  [1, 4096],
  [2, 4096],
]);
const iterationsMax = 16_384;
const emptyName: Verdict = ['UNACCEPTABLE_CREDENTIAL', 'A user needs a name.'];
/** Nothing is wrong with it. */
const notKept: Verdict = [
  'UNSUPPORTED_SASL_MECHANISM',
  'This version has no SASL listeners: a password would protect nothing.',
];
const unknownMechanism: Verdict = ['UNSUPPORTED_SASL_MECHANISM', 'There is no such SCRAM mechanism.'];

/**
 * AlterUserScramCredentials, v0: gives users passwords, or takes them away (KIP-554).
 *
 * - Each user gets one answer, that of what is wrong first; then comes DUPLICATE_RESOURCE, for one named twice.
 * - Not done: keeping them. There are no SASL listeners yet, and a password that protects nothing is not taken:
 *   UNSUPPORTED_SASL_MECHANISM. (Kafka takes it, whatever its listeners.)
 */
export const alterUserScramCredentials: Handler<
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponseInput
> = {
  request: alterUserScramCredentialsRequest,
  response: alterUserScramCredentialsResponse,
  versions: [0, 0],

  handle(request, context, reply) {
    if (!context.allowed('alter', 'cluster', 'kafka-cluster')) {
      return reply(this.refuse(request, 'CLUSTER_AUTHORIZATION_FAILED', context.apiVersion));
    }
    const { deletions, upsertions } = request;
    const verdicts = new Map<string, Verdict>();
    const take = (name: string, verdict: Verdict): void => {
      const before = verdicts.get(name);
      if (before === undefined) verdicts.set(name, verdict);
      else if (before === notKept) verdicts.set(name, ['DUPLICATE_RESOURCE', `${name} is named twice.`]);
    };
    for (const deletion of deletions) take(deletion.name, deletionVerdict(deletion));
    for (const upsertion of upsertions) take(upsertion.name, upsertionVerdict(upsertion));
    reply({
      results: [...verdicts].map(([user, [error, errorMessage]]) => ({
        user,
        errorCode: errorCode(error),
        errorMessage,
      })),
    });
  },

  refuse: ({ deletions, upsertions }, error) => ({
    results: [...new Set([...deletions, ...upsertions].map(({ name }) => name))].map((user) => ({
      user,
      errorCode: errorCode(error),
      errorMessage: null,
    })),
  }),
};

function deletionVerdict({ name, mechanism }: Deletion): Verdict {
  if (name === '') return emptyName;
  if (!iterationsMin.has(mechanism)) return unknownMechanism;
  return ['RESOURCE_NOT_FOUND', `${name} has no credentials here.`];
}

function upsertionVerdict({ name, mechanism, iterations }: Upsertion): Verdict {
  if (name === '') return emptyName;
  const least = iterationsMin.get(mechanism);
  if (least === undefined) return unknownMechanism;
  if (iterations < least) return ['UNACCEPTABLE_CREDENTIAL', `At least ${least} iterations are needed.`];
  if (iterations > iterationsMax) return ['UNACCEPTABLE_CREDENTIAL', `At most ${iterationsMax} iterations are taken.`];
  return notKept;
}
