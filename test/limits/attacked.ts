/** One attack on one broker, a process of its own with its defaults: what it cost. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { residentMemory } from '../../bench/process.ts';
import { ownPort, startBroker } from '../crash/process.ts';
import { attacks, type Pace, usualPace } from './attacks.ts';
import { serves } from './serves.ts';

/** `node` is a bare server: what Node takes for the connections alone. */
export const targets = ['skerry', 'kafka', 'node'] as const;
type AttackTarget = (typeof targets)[number];

export interface Attacked {
  readonly attack: string;
  readonly target: AttackTarget;
  readonly count: number;
  /** Resident memory, in MB. */
  readonly beforeMb: number;
  readonly growthMb: number;
  readonly serves: boolean;
  /** The attack's own figures. */
  readonly found: Readonly<Record<string, unknown>>;
}

export interface AttackOptions {
  readonly target: AttackTarget;
  /** As many as the attack is meant for, if it is not given. */
  readonly count?: number | undefined;
  readonly settings?: Readonly<Record<string, string>>;
  /** What a start leaves behind is collected a moment later. */
  readonly settleMs?: number;
  readonly pace?: Pace;
}

interface Attackable {
  readonly pid: number;
  readonly ended: Promise<unknown>;
  kill(signal?: NodeJS.Signals): void;
}

export async function attacked(name: string, options: AttackOptions): Promise<Attacked> {
  const { target, settings = {}, settleMs = 12_000, pace = usualPace } = options;
  const attack = attacks[name];
  if (attack === undefined) throw new Error(`attacks: ${Object.keys(attacks).join(', ')}`);
  const count = options.count ?? attack.count;
  const data = mkdtempSync(join(tmpdir(), 'skerry-limits-'));
  const port = await ownPort();
  const broker: Attackable =
    target === 'node' ? await bareServer(port) : await startBroker({ target, port, data, settings });
  try {
    await delay(settleMs);
    await attack.prepare?.(port);
    const rssMb = (): number => residentMemory(broker.pid)?.nowMb ?? 0;
    const beforeMb = rssMb();
    let mostMb = beforeMb;
    const watch = setInterval(() => {
      mostMb = Math.max(mostMb, rssMb());
    }, 100);
    const found = await attack.run(port, count, pace);
    clearInterval(watch);
    const rounded = { beforeMb: Math.round(beforeMb), growthMb: Math.round(mostMb - beforeMb) };
    return { attack: name, target, count, ...rounded, serves: target === 'node' || (await serves(port)), found };
  } finally {
    broker.kill('SIGKILL');
    await broker.ended;
    rmSync(data, { recursive: true, force: true });
  }
}

function bareServer(port: number): Promise<Attackable> {
  const script = join(import.meta.dirname, 'bare-server.ts');
  const child = spawn(process.execPath, [script, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.once('exit', done));
  const kill = (signal?: NodeJS.Signals): void => void child.kill(signal);
  return new Promise((done) => child.stdout.once('data', () => done({ pid: child.pid ?? 0, ended, kill })));
}
