import { foreignSuite } from '../foreign.ts';
import { kafkaGo } from '../toolchains/go.ts';

await foreignSuite(kafkaGo);
