// SPDX-License-Identifier: MIT OR Apache-2.0
// Builds the extension: `node esbuild.mjs [--codes]`. --codes: only what the type check needs.
import fs from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const root = path.resolve(here, '..', '..');

// The manifest of codes as JSON; it is a list of macro calls whose texts are adjacent literals.
function codes() {
  const text = fs.readFileSync(path.join(root, 'include/framealloc/codes.def'), 'utf8').replace(/^\s*\/\/.*$/gm, '');
  const rows = [...text.matchAll(/FRAMEALLOC_CODE\(\s*(\d{3})\s*,([\s\S]*?)\)\s*(?=FRAMEALLOC_CODE|$)/g)].map(([, number, rest]) => {
    const parts = [...rest.matchAll(/((?:"(?:\\.|[^"\\])*"\s*)+)|([A-Za-z]+)/g)].map(([, literals, word]) =>
      word ?? [...literals.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, value]) => JSON.parse(`"${value}"`)).join(''));
    const [slug, severity, category, , meaning, help] = parts;
    return { id: `FA${number}`, slug, severity: severity.toLowerCase(), category: category.toLowerCase(), meaning, help };
  });
  if (rows.length < 50 || rows.some((row) => !row.meaning || !row.help)) throw new Error('codes.def is not as it was: mend the reader in esbuild.mjs');
  return { codes: rows };
}

fs.mkdirSync(path.join(here, 'src/generated'), { recursive: true });
fs.writeFileSync(path.join(here, 'src/generated/codes.json'), JSON.stringify(codes(), null, 1));
if (process.argv.includes('--codes')) process.exit(0);

const { build } = await import('esbuild');
const common = { bundle: true, minify: true, logLevel: 'warning', absWorkingDir: here };
await build({
  ...common, entryPoints: ['src/extension.ts', 'src/parser.ts'], outdir: 'dist', platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'],
});
await build({ ...common, entryPoints: ['webview/inspector.ts'], outdir: 'media', platform: 'browser', format: 'iife', target: 'es2022' });
fs.copyFileSync(path.join(root, 'docs/snapshots.md'), path.join(here, 'dist/snapshots.md'));
fs.writeFileSync(path.join(here, 'LICENSE.txt'),
  ['LICENSE-MIT', 'LICENSE-APACHE'].map((name) => fs.readFileSync(path.join(root, name), 'utf8')).join('\n\n'));
