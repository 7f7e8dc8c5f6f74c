import { foreignSuite } from '../foreign.ts';
import { saramaGo } from '../toolchains/go.ts';

await foreignSuite(saramaGo);
