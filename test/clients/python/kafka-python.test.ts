import { foreignSuite } from '../foreign.ts';
import { kafkaPython } from '../toolchains/python.ts';

await foreignSuite(kafkaPython);
