/**
 * Who may import whom, as data: `test/tidy/layers.test.ts` holds every package to it, the drawing in
 * docs/ARCHITECTURE.md is printed from it. An edge is direct; a package declares exactly these workspace dependencies
 * in its package.json.
 */
export interface Package {
  /** Workspace packages that its sources may import. */
  readonly imports: readonly string[];
  /**
   * Compiled without ambient types, no runtime dependency: no clock, disk, network or chance but those it is handed.
   */
  readonly pure: boolean;
}

export const architecture = {
  base: { imports: [], pure: true },
  wire: { imports: ['base'], pure: true },
  log: { imports: ['base', 'wire'], pure: true },
  broker: { imports: ['base', 'wire', 'log'], pure: true },
  io: { imports: ['base'], pure: false },
  client: { imports: ['base', 'wire'], pure: true },
  testkit: { imports: ['base', 'wire'], pure: true },
  skerry: { imports: ['base', 'wire', 'log', 'broker', 'io', 'client'], pure: false },
} as const satisfies Record<string, Package>;

export type PackageName = keyof typeof architecture;
