// SPDX-License-Identifier: MIT OR Apache-2.0
// Builds the unit tests and runs them with node:test.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const out = path.join(here, 'out');
fs.rmSync(out, { recursive: true, force: true });
const tests = fs.readdirSync(here).filter((name) => name.endsWith('.test.ts'));
await build({
  entryPoints: [...tests.map((name) => path.join(here, name)), path.join(here, '../../src/parser.ts')],
  outdir: out, outbase: here, bundle: true, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'], logLevel: 'warning',
  outExtension: { '.js': '.cjs' }, entryNames: '[name]',
});
fs.copyFileSync(path.join(out, 'parser.cjs'), path.join(out, 'parser.js'));
const files = tests.map((name) => path.join(out, name.replace(/\.ts$/, '.cjs')));
const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...files], { stdio: 'inherit' });
process.exit(status ?? 1);
