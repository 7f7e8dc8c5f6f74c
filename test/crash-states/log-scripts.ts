/** Short lives of a log, each around one thing that a crash may interrupt. */
import { LogLife } from './log-life.ts';

export type Script = () => LogLife;

export const logScripts: Readonly<Record<string, Script>> = {
  'appends over tiny segments': () => {
    const life = new LogLife({});
    for (let i = 0; i < 14; i++) {
      life.epoch = Math.floor(i / 4);
      life.append({ count: 1 + (i % 3), timestamp: 1000 + i * 3 });
      if (i % 3 !== 1) life.pass(0.6);
    }
    life.settle();
    return life;
  },
};
