import { apis } from '../apis.ts';
import { ask, type Case, id, story, strangeId } from '../steps.ts';
import { topics } from './support.ts';

const { Metadata } = apis;
const quiet = { allowAutoTopicCreation: false };

export const metadataCases: readonly Case[] = [
  story(
    Metadata,
    'topics by name',
    [
      topics(['a', 'b'], { partitions: 3 }),
      ask(Metadata, { topics: [{ name: '~a' }, { name: '~b' }], ...quiet }),
      ask(Metadata, { topics: [{ name: '~b' }], includeTopicAuthorizedOperations: true, ...quiet }, { version: 8 }),
    ],
    { quick: true },
  ),
  story(Metadata, 'no list, and an empty list', [
    topics(['a']),
    ask(Metadata, { topics: null, ...quiet }),
    ask(Metadata, { topics: [], ...quiet }),
  ]),
  story(Metadata, 'a name twice', [
    topics(['a']),
    ask(Metadata, { topics: [{ name: '~a' }, { name: '~a' }], ...quiet }),
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
    ],
    { from: 10 },
  ),
];
