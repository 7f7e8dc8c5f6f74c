/** A load of pre-built frames, as a process (load-process.ts). */
import { Driver } from './driver.ts';
import { Histogram } from './histogram.ts';
import { runLoad } from './load-process.ts';
import { joinGroup } from './members.ts';
import { echoWork, endToEndWorks, fetchWork, inTurn, type Load, pacedWork, produceWork, type Work } from './works.ts';

/** A tick sends all that is due. */
const paceMs = 1;

/** The share of `total` that is the `part`th of `parts`. */
const share = (total: number, parts: number, part: number): number =>
  Math.floor((total * (part + 1)) / parts) - Math.floor((total * part) / parts);

function workOf(load: Load, connection: number): Work {
  const { connections, pace } = load;
  const batches = share(load.batches, connections, connection);
  if (load.kind === 'fetch') return fetchWork(load);
  const work =
    load.kind === 'echo' ? echoWork(load, batches) : produceWork(load, batches, connection % load.partitions);
  if (pace === undefined) return work;
  return pacedWork(work, { periodMs: (1000 * connections) / pace, firstMs: (1000 * connection) / pace });
}

async function driversOf(load: Load): Promise<Driver[]> {
  if (load.kind === 'endToEnd') {
    const { produce, tail } = endToEndWorks(load, { periodMs: 1000 / (load.pace ?? 1), firstMs: 0 });
    // The consumer asks first.
    const consumer = await Driver.connect({ ...load, inFlight: 1 }, tail);
    return [consumer, await Driver.connect(load, produce)];
  }
  const drivers: Driver[] = [];
  for (let i = 0; i < load.connections; i++) drivers.push(await Driver.connect(load, workOf(load, i)));
  return drivers;
}

async function drive(drivers: readonly Driver[], isPaced: boolean) {
  const pace = isPaced
    ? setInterval(() => {
        for (const driver of drivers) driver.fill();
      }, paceMs)
    : undefined;
  await Promise.all(drivers.map((driver) => driver.go())).finally(() => clearInterval(pace));
  const latencies = new Histogram();
  for (const driver of drivers) latencies.add(driver.latencies.counts());
  return {
    requests: drivers.reduce((sum, driver) => sum + driver.answers, 0),
    bytes: drivers.reduce((sum, driver) => sum + driver.bytes, 0),
    latencies: latencies.counts(),
  };
}

/** Joins, reads what is assigned to each member, commits. The partitions hold the same number of batches. */
async function readAsGroup(load: Load) {
  const { joinMs, members } = await joinGroup(load, load.topic, load.partitions, load.connections);
  const batches = load.batches / load.partitions;
  const drivers: Driver[] = [];
  for (const { partitions } of members) {
    const works = partitions.map((partition) => fetchWork({ ...load, inFlight: 1, batches, partition }));
    if (works.length > 0) drivers.push(await Driver.connect({ ...load, inFlight: 1 }, inTurn(works)));
  }
  const result = await drive(drivers, false);
  await Promise.all(members.map((member) => member.commit(batches * load.batch.records)));
  for (const member of members) member.close();
  return { ...result, joinMs };
}

await runLoad(async (load: Load) => {
  if (load.kind === 'group') return () => readAsGroup(load);
  const drivers = await driversOf(load);
  return () => drive(drivers, load.pace !== undefined);
});
