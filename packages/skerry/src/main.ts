/**
 * The binary. Node keeps what it compiles (the sources are many small files, unbuilt), which must be asked for before
 * they are loaded: hence the late imports.
 */
import { enableCompileCache } from 'node:module';

enableCompileCache();
// Four syncs and the store's commits may be in flight: with Node's four threads they would keep reads waiting. It is
// read when the pool is first used.
process.env['UV_THREADPOOL_SIZE'] ??= '8';
const [{ run }, { processTerminal }] = await Promise.all([import('./cli.ts'), import('./terminal.ts')]);
process.exitCode = await run(process.argv.slice(2), processTerminal());
// A start that failed half-way leaves doors open that nobody will close.
if (process.exitCode !== 0) process.exit();
