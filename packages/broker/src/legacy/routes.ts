/**
 * The table of APIs on a listener for old clients (`skerry.listeners.legacy`): that of every listener, and the versions
 * that Kafka 4 took away (KIP-896), with messages of format 0 and 1. An entry of its own, loaded where such a listener
 * is opened.
 */
import {
  legacyAlterReplicaLogDirsRequest,
  legacyAlterReplicaLogDirsResponse,
  legacyCreateAclsRequest,
  legacyCreateAclsResponse,
  legacyCreateDelegationTokenRequest,
  legacyCreateDelegationTokenResponse,
  legacyCreateTopicsRequest,
  legacyCreateTopicsResponse,
  legacyDeleteAclsRequest,
  legacyDeleteAclsResponse,
  legacyDeleteTopicsRequest,
  legacyDeleteTopicsResponse,
  legacyDescribeAclsRequest,
  legacyDescribeAclsResponse,
  legacyDescribeDelegationTokenRequest,
  legacyDescribeDelegationTokenResponse,
  legacyDescribeLogDirsRequest,
  legacyDescribeLogDirsResponse,
  legacyExpireDelegationTokenRequest,
  legacyExpireDelegationTokenResponse,
  legacyOffsetCommitRequest,
  legacyOffsetCommitResponse,
  legacyOffsetForLeaderEpochRequest,
  legacyOffsetForLeaderEpochResponse,
  legacyRenewDelegationTokenRequest,
  legacyRenewDelegationTokenResponse,
} from '@skerry/wire/legacy';
import { type Handler, type Route, route } from '../handler.ts';
import { offsetCommit } from '../handlers/08-offset-commit.ts';
import { createTopics } from '../handlers/19-create-topics.ts';
import { deleteTopics } from '../handlers/20-delete-topics.ts';
import { offsetForLeaderEpoch } from '../handlers/23-offset-for-leader-epoch.ts';
import { describeAcls } from '../handlers/29-describe-acls.ts';
import { createAcls } from '../handlers/30-create-acls.ts';
import { deleteAcls } from '../handlers/31-delete-acls.ts';
import { alterReplicaLogDirs } from '../handlers/34-alter-replica-log-dirs.ts';
import { describeLogDirs } from '../handlers/35-describe-log-dirs.ts';
import { createDelegationToken } from '../handlers/38-create-delegation-token.ts';
import { renewDelegationToken } from '../handlers/39-renew-delegation-token.ts';
import { expireDelegationToken } from '../handlers/40-expire-delegation-token.ts';
import { describeDelegationToken } from '../handlers/41-describe-delegation-token.ts';
import { routes } from '../routes.ts';
import { legacyProduce } from './00-produce.ts';
import { legacyFetch } from './01-fetch.ts';
import { legacyListOffsets } from './02-list-offsets.ts';
import { legacyOffsetFetch } from './09-offset-fetch.ts';
import { legacyDescribeConfigs } from './32-describe-configs.ts';
import { HeldAnswers } from './held-answers.ts';
import { Turns } from './turns.ts';

/** Every API of a listener for old clients; of one node, since its conversions share their bounds. */
export function legacyRoutes(): readonly Route[] {
  const old = new Map(oldRoutes().map((one) => [one.apiKey, one]));
  return routes.map((now) => {
    const before = old.get(now.apiKey);
    return before === undefined ? now : joined(before, now);
  });
}

/** The versions that are served on these listeners alone. */
export function oldRoutes(): readonly Route[] {
  const turns = new Turns();
  return [
    route(legacyProduce(turns)),
    route(legacyFetch(turns, new HeldAnswers())),
    route(legacyListOffsets),
    inVersion(offsetCommit, legacyOffsetCommitRequest, legacyOffsetCommitResponse),
    route(legacyOffsetFetch),
    inVersion(createTopics, legacyCreateTopicsRequest, legacyCreateTopicsResponse),
    inVersion(deleteTopics, legacyDeleteTopicsRequest, legacyDeleteTopicsResponse),
    inVersion(offsetForLeaderEpoch, legacyOffsetForLeaderEpochRequest, legacyOffsetForLeaderEpochResponse),
    inVersion(describeAcls, legacyDescribeAclsRequest, legacyDescribeAclsResponse),
    inVersion(createAcls, legacyCreateAclsRequest, legacyCreateAclsResponse),
    inVersion(deleteAcls, legacyDeleteAclsRequest, legacyDeleteAclsResponse),
    route(legacyDescribeConfigs),
    inVersion(alterReplicaLogDirs, legacyAlterReplicaLogDirsRequest, legacyAlterReplicaLogDirsResponse),
    inVersion(describeLogDirs, legacyDescribeLogDirsRequest, legacyDescribeLogDirsResponse),
    inVersion(createDelegationToken, legacyCreateDelegationTokenRequest, legacyCreateDelegationTokenResponse),
    inVersion(renewDelegationToken, legacyRenewDelegationTokenRequest, legacyRenewDelegationTokenResponse),
    inVersion(expireDelegationToken, legacyExpireDelegationTokenRequest, legacyExpireDelegationTokenResponse),
    inVersion(describeDelegationToken, legacyDescribeDelegationTokenRequest, legacyDescribeDelegationTokenResponse),
  ];
}

/** A handler that serves old versions as they are: only their messages differ. */
function inVersion<Q, S>(
  handler: Handler<Q, S>,
  request: Handler<Q, S>['request'],
  response: Handler<Q, S>['response'],
): Route {
  return route({ ...handler, request, response, versions: [request.versions.min, request.versions.max] });
}

function joined(before: Route, now: Route): Route {
  const one = (version: number): Route => (version < now.versions[0] ? before : now);
  return {
    ...now,
    versions: [before.versions[0], now.versions[1]],
    advertisedFrom: before.advertisedFrom,
    open: (body, version) => one(version).open(body, version),
    refusal: (body, version, error, correlationId) => one(version).refusal(body, version, error, correlationId),
  };
}
