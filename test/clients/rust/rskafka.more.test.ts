import { foreignSuite } from '../foreign.ts';
import { rskafka } from '../toolchains/rust.ts';

await foreignSuite(rskafka);
