/**
 * Connections that do nothing, and consumer groups that only say they are alive, as a process (load-process.ts): what
 * they cost a broker is what is measured meanwhile.
 */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { apiVersionsRequest } from './frames.ts';
import { runLoad } from './load-process.ts';
import { joinGroup, type Member } from './members.ts';

export interface Hold {
  readonly host: string;
  readonly port: number;
  /** For the groups; one partition. */
  readonly topic: string;
  readonly connections: number;
  /** Of one member each, with a heartbeat every 3 s as Java's consumer sends it. */
  readonly groups: number;
  readonly settleSeconds: number;
  readonly seconds: number;
}

const heartbeatMs = 3000;
const dialsAtOnce = 50;

/** A connection that has said hello. */
function open({ host, port }: Hold): Promise<void> {
  return new Promise((done, failed) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('connect', () => socket.write(apiVersionsRequest()));
    socket.once('data', () => done());
    socket.once('error', failed);
    socket.once('close', () => failed(new Error('the broker closed a connection')));
  });
}

async function keepAlive(member: Member, untilMs: () => number): Promise<void> {
  await delay(Math.random() * heartbeatMs);
  while (performance.now() < untilMs()) {
    await member.heartbeat();
    await delay(heartbeatMs);
  }
}

await runLoad(async (hold: Hold) => {
  for (let opened = 0; opened < hold.connections; opened += dialsAtOnce) {
    const some = Math.min(dialsAtOnce, hold.connections - opened);
    await Promise.all(Array.from({ length: some }, () => open(hold)));
  }
  let endMs = Number.POSITIVE_INFINITY;
  for (let joined = 0; joined < hold.groups; joined++) {
    const { members } = await joinGroup(hold, hold.topic, 1, 1);
    for (const member of members) void keepAlive(member, () => endMs);
  }
  await delay(hold.settleSeconds * 1000);
  return async () => {
    endMs = performance.now() + hold.seconds * 1000;
    await delay(hold.seconds * 1000);
    return { requests: 0, bytes: 0, latencies: [] };
  };
});
