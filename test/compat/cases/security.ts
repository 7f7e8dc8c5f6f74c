/** The APIs of security, asked of a broker that has neither authoriser nor listeners that authenticate. */
import { apis } from '../apis.ts';
import { ask, type Case, story } from '../steps.ts';

const { SaslHandshake, SaslAuthenticate, DescribeAcls, CreateAcls, DeleteAcls } = apis;
const { CreateDelegationToken, RenewDelegationToken, ExpireDelegationToken, DescribeDelegationToken } = apis;
const { DescribeUserScramCredentials, AlterUserScramCredentials } = apis;

const filter = {
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
};
const rule = {
  resourceType: 2,
  resourceName: '~a',
  resourcePatternType: 3,
  principal: 'User:x',
  host: '*',
  operation: 3,
  permissionType: 3,
};
const password = {
  mechanism: 1,
  iterations: 4096,
  salt: new Uint8Array(8).fill(1),
  saltedPassword: new Uint8Array(32).fill(2),
};
const bytes = new Uint8Array([1, 2]);

const acls: readonly Case[] = [
  story(DescribeAcls, 'without an authoriser', [
    ask(DescribeAcls, filter),
    ask(DescribeAcls, { ...filter, resourceTypeFilter: 99 }),
    ask(DescribeAcls, { ...filter, operation: 0 }, { on: 'other' }),
  ]),
  story(CreateAcls, 'without an authoriser', [
    ask(CreateAcls, { creations: [rule, { ...rule, principal: 'nobody' }] }),
    ask(CreateAcls, { creations: [] }),
    ask(CreateAcls, { creations: [{ ...rule, resourceType: 99 }] }),
    ask(CreateAcls, { creations: [rule, { ...rule, resourceType: 0 }] }, { on: 'other' }),
  ]),
  story(DeleteAcls, 'without an authoriser', [
    ask(DeleteAcls, { filters: [filter, filter] }),
    ask(DeleteAcls, { filters: [] }),
    ask(DeleteAcls, { filters: [{ ...filter, permissionType: 0 }] }, { on: 'other' }),
  ]),
];

const tokens: readonly Case[] = [
  story(CreateDelegationToken, 'on a plain listener', [
    ask(CreateDelegationToken, { ownerPrincipalType: null, ownerPrincipalName: null, maxLifetimeMs: -1n }),
    ask(CreateDelegationToken, { ownerPrincipalType: 'User', ownerPrincipalName: 'x', maxLifetimeMs: 5n }),
    ask(CreateDelegationToken, { ownerPrincipalType: 'User', ownerPrincipalName: '', maxLifetimeMs: 5n }),
  ]),
  story(RenewDelegationToken, 'on a plain listener', [ask(RenewDelegationToken, { hmac: bytes, renewPeriodMs: 1n })]),
  story(ExpireDelegationToken, 'on a plain listener', [
    ask(ExpireDelegationToken, { hmac: bytes, expiryTimePeriodMs: 1n }),
  ]),
  story(DescribeDelegationToken, 'on a plain listener', [
    ask(DescribeDelegationToken, { owners: null }),
    ask(DescribeDelegationToken, { owners: [] }),
  ]),
];

const scram: readonly Case[] = [
  story(DescribeUserScramCredentials, 'of users that have none', [
    ask(DescribeUserScramCredentials, { users: [{ name: 'nobody' }, { name: 'twice' }, { name: 'twice' }] }),
    ask(DescribeUserScramCredentials, { users: [{ name: '' }] }),
  ]),
  story(AlterUserScramCredentials, 'what is refused', [
    ask(AlterUserScramCredentials, { deletions: [], upsertions: [] }),
    ask(AlterUserScramCredentials, {
      deletions: [
        { name: 'nobody', mechanism: 1 },
        { name: 'strange', mechanism: 9 },
        { name: '', mechanism: 1 },
      ],
    }),
    ask(AlterUserScramCredentials, {
      upsertions: [
        { ...password, name: 'few', iterations: 10 },
        { ...password, name: 'many', iterations: 100_000 },
        { ...password, name: 'odd', mechanism: 0 },
        { ...password, name: '' },
      ],
    }),
    ask(AlterUserScramCredentials, {
      deletions: [
        { name: 'twice', mechanism: 1 },
        { name: 'twice', mechanism: 1 },
      ],
      upsertions: [
        { ...password, name: 'twice' },
        { ...password, name: 'again', iterations: 3 },
        { ...password, name: 'again' },
        { ...password, name: 'anew' },
        { ...password, name: 'anew', iterations: 3 },
      ],
    }),
  ]),
  story(AlterUserScramCredentials, 'a password that is good', [
    ask(AlterUserScramCredentials, { upsertions: [{ ...password, name: '~user' }] }),
    ask(DescribeUserScramCredentials, { users: [{ name: '~user' }] }),
    ask(AlterUserScramCredentials, { deletions: [{ name: '~user', mechanism: 1 }] }),
    ask(AlterUserScramCredentials, { deletions: [{ name: '~user', mechanism: 1 }] }),
  ]),
];

export const securityCases: readonly Case[] = [
  story(SaslHandshake, 'on a plain listener', [
    ask(SaslHandshake, { mechanism: 'PLAIN' }),
    ask(SaslHandshake, { mechanism: '' }),
  ]),
  story(SaslAuthenticate, 'on a plain listener', [ask(SaslAuthenticate, { authBytes: bytes })]),
  ...acls,
  ...tokens,
  ...scram,
];
