/**
 * The binary. Node keeps what it compiles (the sources are many small files, unbuilt), which must be asked for before
 * they are loaded: hence
 * the late imports.
 */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const [{ run }, { processTerminal }] = await Promise.all([import('./cli.ts'), import('./terminal.ts')]);
process.exitCode = await run(process.argv.slice(2), processTerminal());
