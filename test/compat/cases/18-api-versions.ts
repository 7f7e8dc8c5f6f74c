import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';

const { ApiVersions } = apis;
const plain = { clientSoftwareName: 'compat', clientSoftwareVersion: '1.0' };
const say = (more: object = {}) => ask(ApiVersions, { ...plain, ...more });

export const apiVersionsCases: readonly Case[] = [
  story(ApiVersions, 'what is served', [say(), say()], { quick: true }),
  story(
    ApiVersions,
    'software names that are odd',
    [
      ...['', '-', ' ', 'a b', 'a-b', 'a.b', '-a', 'a-', 'ü', 'x'.repeat(500)].flatMap((text) => [
        say({ clientSoftwareName: text }),
        say({ clientSoftwareVersion: text }),
      ]),
      say({ clientSoftwareName: null }),
      say({ clientSoftwareVersion: null }),
    ],
    { from: 3 },
  ),
  story(
    ApiVersions,
    'for another cluster or node',
    [say({ clusterId: 'elsewhere' }), say({ nodeId: 9 }), say({ nodeId: 1 })],
    { from: 5 },
  ),
];
