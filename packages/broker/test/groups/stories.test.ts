import { expect, test } from 'vitest';
import { Stage, stabilize } from './stage.ts';

test('two members join during the initial delay, one leaves, the other goes on alone', async () => {
  const stage = new Stage();
  const [a, b] = [stage.member('A'), stage.member('B')];
  a.join();
  stage.pass(1000);
  b.join();
  stage.pass(2000);
  stage.pass(3000);
  a.sync({ A: 'p0', B: 'p1' }, [a, b]);
  b.sync();
  stage.settle();
  stage.sayState();
  b.leave();
  a.heartbeat();
  a.join();
  stage.settle();
  a.sync({ A: 'p0 p1' }, [a]);
  stage.settle();
  stage.sayState();
  a.leave();
  stage.settle();
  stage.sayState();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/join-and-leave.txt');
});

test('a silent member is removed when its session ends, and the rest rebalance', async () => {
  const stage = new Stage();
  const [a, b] = [stage.member('A'), stage.member('B', { sessionTimeoutMs: 6000 })];
  stabilize(stage, [a, b], { A: 'p0', B: 'p1' });
  stage.pass(5000);
  a.heartbeat();
  stage.pass(1000);
  a.heartbeat();
  a.join();
  stage.settle();
  b.heartbeat();
  a.sync({ A: 'p0 p1' }, [a]);
  stage.settle();
  stage.sayState();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/session-expiry.txt');
});

test('a static member that restarts within its session gets its assignment back without a rebalance', async () => {
  const stage = new Stage();
  const a = stage.member('A', { instance: 'one' });
  const b = stage.member('B', { instance: 'two' });
  stabilize(stage, [a, b], { A: 'p0', B: 'p1' });
  const b2 = stage.member('B2', { instance: 'two' });
  b2.join();
  stage.settle();
  b2.sync();
  stage.settle();
  b.heartbeat();
  b.commit(7);
  b2.heartbeat();
  a.heartbeat();
  // The leader too; it is told not to compute an assignment (KIP-814).
  const a2 = stage.member('A2', { instance: 'one' });
  a2.join();
  stage.settle();
  a2.sync();
  stage.settle();
  stage.sayState();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/static-restart.txt');
});

test('an old static leader that restarts is told of its former self as the leader (JoinGroup v8)', async () => {
  const stage = new Stage();
  const a = stage.member('A', { instance: 'one', version: 8 });
  stabilize(stage, [a], { A: 'p0' });
  const a2 = stage.member('A2', { instance: 'one', version: 8 });
  a2.join();
  stage.settle();
  a2.sync();
  stage.settle();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/static-restart-v8.txt');
});

test('a static member whose new id the log refuses keeps the old one', async () => {
  const stage = new Stage();
  const a = stage.member('A', { instance: 'one' });
  stabilize(stage, [a], { A: 'p0' });
  const a2 = stage.member('A2', { instance: 'one' });
  stage.failNextAppend('NOT_ENOUGH_REPLICAS');
  a2.join();
  stage.settle();
  a.heartbeat();
  stage.sayState();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/static-restart-refused.txt');
});

test('the cooperative protocol takes its two rebalances: revoke, then assign', async () => {
  const stage = new Stage();
  const options = { protocols: { cooperative: 'owns nothing', range: 'm' } };
  const [a, b] = [stage.member('A', options), stage.member('B', options)];
  stabilize(stage, [a], { A: 'p0 p1' });
  a.options = { ...a.options, protocols: { cooperative: 'owns p0 p1', range: 'm' } };
  b.join();
  stage.settle();
  a.heartbeat();
  a.join();
  stage.settle();
  a.sync({ A: 'p0', B: '' }, [a, b]);
  b.sync();
  stage.settle();
  a.options = { ...a.options, protocols: { cooperative: 'owns p0', range: 'm' } };
  a.join();
  stage.settle();
  b.heartbeat();
  b.join();
  stage.settle();
  a.sync({ A: 'p0', B: 'p1' }, [a, b]);
  b.sync();
  stage.settle();
  stage.sayState();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/cooperative.txt');
});

test('a leader that dies before it assigned is removed, and the members that waited join again', async () => {
  const stage = new Stage();
  const [a, b] = [stage.member('A', { sessionTimeoutMs: 6000 }), stage.member('B')];
  a.join();
  b.join();
  stage.clock.advance(6001);
  b.sync();
  stage.pass(6000);
  b.join();
  stage.settle();
  b.sync({ B: 'p0 p1' }, [b]);
  stage.settle();
  stage.sayState();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/leader-dies-before-assigning.txt');
});

test('a member that does not join again within the rebalance time-out is removed', async () => {
  const stage = new Stage();
  const terms = { sessionTimeoutMs: 60_000, rebalanceTimeoutMs: 5000 };
  const [a, b, c] = [stage.member('A', terms), stage.member('B', terms), stage.member('C', terms)];
  stabilize(stage, [a, b], { A: 'p0', B: 'p1' });
  c.join();
  stage.settle();
  b.heartbeat();
  b.join();
  stage.pass(4990);
  stage.pass(5);
  a.heartbeat();
  b.sync({ B: 'p0', C: 'p1' }, [b, c]);
  c.sync();
  stage.settle();
  stage.sayState();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/laggard.txt');
});

test('a member that joined and never asks for its assignment is removed (rebalance time-out 5 s)', async () => {
  const stage = new Stage();
  const terms = { sessionTimeoutMs: 60_000, rebalanceTimeoutMs: 5000 };
  const [a, b] = [stage.member('A', terms), stage.member('B', terms)];
  a.join();
  b.join();
  stage.clock.advance(6001);
  a.sync({ A: 'p0', B: 'p1' }, [a, b]);
  stage.settle();
  stage.pass(5000);
  a.heartbeat();
  b.heartbeat();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/never-synced.txt');
});

test('an earlier generation may neither heartbeat, nor sync, nor commit', async () => {
  const stage = new Stage();
  const [a, b] = [stage.member('A'), stage.member('B')];
  stabilize(stage, [a], { A: 'p0' });
  b.join();
  stage.settle();
  a.commit(5);
  stage.settle();
  a.join();
  stage.settle();
  a.generationId = 1;
  a.heartbeat();
  a.sync();
  a.commit(6);
  stage.settle();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/generation-fencing.txt');
});

test('commits are taken while members gather, and refused while the assignment is due', async () => {
  const stage = new Stage();
  const [a, b] = [stage.member('A'), stage.member('B')];
  stabilize(stage, [a], { A: 'p0' });
  b.join();
  stage.settle();
  a.commit(10);
  stage.settle();
  a.join();
  stage.settle();
  a.commit(11);
  stage.settle();
  a.sync({ A: 'p0', B: 'p1' }, [a, b]);
  b.sync();
  stage.settle();
  a.commit(12);
  b.commit(20, 't', 1);
  stage.settle();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/commit-during-rebalance.txt');
});

test('after a restart the group is as the log has it, and members go on without a rebalance', async () => {
  const stage = new Stage();
  const [a, b] = [stage.member('A'), stage.member('B', { instance: 'two' })];
  stabilize(stage, [a, b], { A: 'p0', B: 'p1' });
  a.commit(10);
  stage.settle();
  stage.restart();
  stage.sayState();
  a.heartbeat();
  b.heartbeat();
  a.commit(11);
  stage.settle();
  stage.pass(9000);
  a.heartbeat();
  stage.pass(1001);
  a.heartbeat();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/restart.txt');
});

test('a rebalance that comes while the assignment is on its way to the log makes that assignment void', async () => {
  const stage = new Stage();
  const [a, b] = [stage.member('A'), stage.member('B')];
  a.join();
  stage.clock.advance(3001);
  stage.holdLog();
  a.sync({ A: 'p0' }, [a]);
  b.join();
  stage.clock.advance(1);
  stage.releaseLog();
  a.join();
  stage.settle();
  a.sync({ A: 'p0', B: 'p1' }, [a, b]);
  b.sync();
  stage.settle();
  stage.sayState();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/rebalance-during-append.txt');
});

test('an assignment that the log refuses is given to nobody', async () => {
  const stage = new Stage();
  const [a, b] = [stage.member('A'), stage.member('B')];
  a.join();
  b.join();
  stage.clock.advance(6001);
  b.sync();
  stage.failNextAppend('KAFKA_STORAGE_ERROR');
  a.sync({ A: 'p0', B: 'p1' }, [a, b]);
  stage.settle();
  stage.sayState();
  await expect(stage.transcript()).toMatchFileSnapshot('transcripts/assignment-refused.txt');
});
