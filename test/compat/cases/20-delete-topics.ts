import { apis } from '../apis.ts';
import { ask, type Case, id, story, strangeId } from '../steps.ts';
import { commit } from './groups.ts';
import { produce, topics } from './support.ts';

const { DeleteTopics } = apis;
const zero = 'AAAAAAAAAAAAAAAAAAAAAA' as never;
const byName = (...names: readonly string[]) =>
  ask(DeleteTopics, { topics: names.map((name) => ({ name, topicId: zero })), topicNames: names, timeoutMs: 15_000 });

export const deleteTopicsCases: readonly Case[] = [
  story(
    DeleteTopics,
    'by name, then again',
    [topics(['a', 'b']), byName('~a'), byName('~a'), byName('~b', '~nobody')],
    { quick: true },
  ),
  story(DeleteTopics, 'what holds records and offsets', [topics(['a']), produce('a'), commit(), byName('~a')]),
  story(DeleteTopics, 'names that are odd', [
    topics(['a']),
    byName(''),
    byName('..'),
    byName('not a name'),
    byName('~@250:x'),
    byName('~a', '~a'),
    byName(),
    byName('__cluster_metadata'),
    ask(DeleteTopics, { topicNames: null as never, topics: null as never }),
    ask(DeleteTopics, { topicNames: [], topics: [], timeoutMs: -1 }),
  ]),
  story(
    DeleteTopics,
    'by id',
    [
      topics(['a', 'b', 'c']),
      ask(DeleteTopics, { topics: [{ name: null, topicId: id('a') }], timeoutMs: 15_000 }),
      ask(DeleteTopics, { topics: [{ name: null, topicId: id('a') }], timeoutMs: 15_000 }),
      ask(DeleteTopics, { topics: [{ name: null, topicId: strangeId }] }),
      ask(DeleteTopics, { topics: [{ name: null, topicId: zero }] }),
      ask(DeleteTopics, { topics: [{ name: '~b', topicId: id('b') }] }),
      ask(DeleteTopics, {
        topics: [
          { name: null, topicId: id('b') },
          { name: '~b', topicId: zero },
        ],
      }),
      ask(DeleteTopics, { topics: [id('c'), id('c')].map((topicId) => ({ name: null, topicId })) }),
      ask(DeleteTopics, { topics: [{ name: '', topicId: zero }] }),
    ],
    { from: 6 },
  ),
];
