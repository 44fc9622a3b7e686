// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs test/host/suite.cjs in the extension host of a real VS Code: node test/e2e/host.mjs
import fs from 'node:fs';
import path from 'node:path';
import { runInHost } from './in_host.mjs';

const code = await runInHost({
  suite: 'suite.cjs',
  settings: { 'framealloc.notices.intervalSeconds': 0 },
  fill: (workspace) => fs.cpSync(path.join(import.meta.dirname, 'game.cpp'), path.join(workspace, 'main.cpp')),
  said: (line) => console.log(line),
  most: 240_000,
});
process.exit(code === 0 ? 0 : 1);
