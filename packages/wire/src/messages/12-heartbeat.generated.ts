/** Straight-line code, printed from the tables by scripts/protocol/straight.ts; not edited by hand. */
// oxlint-disable unicorn/no-new-array -- sized once, and the reader has checked the count
// oxlint-disable typescript/no-unnecessary-boolean-literal-compare -- one form for all types
import type { Reader } from '../reader.ts';
import type { Straight } from '../schema.ts';
import { lost, some } from '../straight.ts';
import type { Writer } from '../writer.ts';

interface HeartbeatRequest {
  readonly groupId?: string | undefined;
  readonly generationId?: number | undefined;
  readonly memberId?: string | undefined;
  readonly groupInstanceId?: string | null | undefined;
}

interface HeartbeatRequestValue {
  groupId: string;
  generationId: number;
  memberId: string;
  groupInstanceId: string | null;
}

function readHeartbeatRequest(r: Reader, v: number): HeartbeatRequestValue {
  const value: HeartbeatRequestValue = {
    groupId: (v >= 4 ? r.compactString() : r.string()),
    generationId: r.int32(),
    memberId: (v >= 4 ? r.compactString() : r.string()),
    groupInstanceId: (v >= 3 ? (v >= 4 ? (v >= 3 ? r.nullableCompactString() : r.compactString()) : (v >= 3 ? r.nullableString() : r.string())) : null),
  };
  if (v >= 4) r.skipTags();
  return value;
}

function writeHeartbeatRequest(w: Writer, v: number, x: HeartbeatRequest): void {
  if (v >= 4) w.compactString(some((x.groupId === undefined ? '' : x.groupId)));
  else w.string(some((x.groupId === undefined ? '' : x.groupId)));
  w.int32((x.generationId === undefined ? 0 : x.generationId));
  if (v >= 4) w.compactString(some((x.memberId === undefined ? '' : x.memberId)));
  else w.string(some((x.memberId === undefined ? '' : x.memberId)));
  if (v >= 3) {
    if (v >= 4) w.compactString((v >= 3 ? (x.groupInstanceId === undefined ? null : x.groupInstanceId) : some((x.groupInstanceId === undefined ? null : x.groupInstanceId))));
  else w.string((v >= 3 ? (x.groupInstanceId === undefined ? null : x.groupInstanceId) : some((x.groupInstanceId === undefined ? null : x.groupInstanceId))));
  } else if (x.groupInstanceId !== undefined && x.groupInstanceId !== null) lost('groupInstanceId', v);
  if (v >= 4) w.uvarint(0);
}

export const heartbeatRequestStraight: Straight = { read: readHeartbeatRequest, write: writeHeartbeatRequest };

interface HeartbeatResponse {
  readonly throttleTimeMs?: number | undefined;
  readonly errorCode?: number | undefined;
}

interface HeartbeatResponseValue {
  throttleTimeMs: number;
  errorCode: number;
}

function readHeartbeatResponse(r: Reader, v: number): HeartbeatResponseValue {
  const value: HeartbeatResponseValue = {
    throttleTimeMs: (v >= 1 ? r.int32() : 0),
    errorCode: r.int16(),
  };
  if (v >= 4) r.skipTags();
  return value;
}

function writeHeartbeatResponse(w: Writer, v: number, x: HeartbeatResponse): void {
  if (v >= 1) {
    w.int32((x.throttleTimeMs === undefined ? 0 : x.throttleTimeMs));
  }
  w.int16((x.errorCode === undefined ? 0 : x.errorCode));
  if (v >= 4) w.uvarint(0);
}

export const heartbeatResponseStraight: Straight = { read: readHeartbeatResponse, write: writeHeartbeatResponse };
