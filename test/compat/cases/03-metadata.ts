import { apis } from '../apis.ts';
import { ask, type Case, id, story, strangeId } from '../steps.ts';
import { topics } from './support.ts';

const { Metadata } = apis;
const quiet = { allowAutoTopicCreation: false };
const named = (...names: readonly (string | null)[]) => names.map((name) => ({ name }));

export const metadataCases: readonly Case[] = [
  story(
    Metadata,
    'topics by name',
    [
      topics(['a', 'b'], { partitions: 3 }),
      ask(Metadata, { topics: named('~a', '~b'), ...quiet }),
      ask(Metadata, { topics: named('~a'), includeTopicAuthorizedOperations: true, ...quiet }),
      ask(Metadata, { topics: named('~a'), includeClusterAuthorizedOperations: true, ...quiet }),
    ],
    { quick: true },
  ),
  story(Metadata, 'no list, and an empty list', [
    topics(['a']),
    ask(Metadata, { topics: null, ...quiet }),
    ask(Metadata, { topics: [], ...quiet }),
    ask(Metadata, { topics: [], includeClusterAuthorizedOperations: true, ...quiet }),
    ask(Metadata, { topics: null, includeTopicAuthorizedOperations: true, ...quiet }),
  ]),
  story(Metadata, 'a name twice', [topics(['a']), ask(Metadata, { topics: named('~a', '~a'), ...quiet })]),
  story(
    Metadata,
    'topics that are not there',
    [
      ask(Metadata, { topics: named('~nobody', '~nobody2'), ...quiet }),
      topics(['a']),
      ask(Metadata, { topics: named('~a', '~nobody'), ...quiet }),
    ],
    { from: 4 },
  ),
  story(
    Metadata,
    'names at and over their limits',
    ['', '.', '..', 'not a name', 'ü', 'a/b', 'a\0b', '~@249:l', '~@250:l', 'x'.repeat(5000)].map((name) =>
      ask(Metadata, { topics: named(name), ...quiet }),
    ),
    { quick: true, from: 4 },
  ),
  story(Metadata, 'neither name nor id', [ask(Metadata, { topics: named(null), ...quiet })], { quick: true, from: 4 }),
  story(
    Metadata,
    'names no topic can have, where topics are made',
    ['', '..', 'not a name', '~@250:l'].map((name) =>
      ask(Metadata, { topics: named(name), allowAutoTopicCreation: true }),
    ),
  ),
  story(Metadata, 'a topic made by asking for it', [
    ask(Metadata, { topics: named('~a'), allowAutoTopicCreation: true }),
    ask(Metadata, { topics: named('~a'), ...quiet }, { version: 'newest', settles: true }),
  ]),
  story(
    Metadata,
    'topics by id',
    [
      topics(['a'], { partitions: 2 }),
      ask(Metadata, { topics: [{ topicId: id('a'), name: null }], ...quiet }),
      ask(Metadata, { topics: [{ topicId: strangeId, name: null }], ...quiet }),
      ask(Metadata, {
        topics: [
          { topicId: id('a'), name: null },
          { topicId: strangeId, name: null },
        ],
        ...quiet,
      }),
      ask(Metadata, { topics: [{ topicId: id('a'), name: '~a' }], ...quiet }),
      ask(Metadata, { topics: [{ topicId: id('a'), name: '' }], ...quiet }),
      ask(Metadata, { topics: [{ topicId: id('a'), name: '~nobody' }], ...quiet }),
      ask(Metadata, { topics: [{ topicId: id('a'), name: null }, { name: '~a' }], ...quiet }),
      ask(Metadata, { topics: [id('a'), id('a')].map((topicId) => ({ topicId, name: null })), ...quiet }),
    ],
    { from: 10 },
  ),
];
