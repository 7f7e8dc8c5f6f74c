import { foreignSuite } from '../foreign.ts';
import { aiokafka } from '../toolchains/python.ts';

await foreignSuite(aiokafka);
