/**
 * The binary. Node keeps what it compiles, if it is asked before that is loaded: hence the late imports, and no type in
 * this file. Node would load its stripper of types for it, which costs each start 15 MB; what it stripped of the others
 * is kept too.
 */
import { enableCompileCache } from 'node:module';

enableCompileCache();
// Four syncs and the store's commits may be in flight: with Node's four threads they would keep reads waiting. It is
// read when the pool is first used.
process.env.UV_THREADPOOL_SIZE ??= '8';
const [{ run }, { processTerminal }] = await Promise.all([import('./cli.ts'), import('./terminal.ts')]);
process.exitCode = await run(process.argv.slice(2), processTerminal());
// A start that failed half-way leaves doors open that nobody will close.
if (process.exitCode !== 0) process.exit();
