// SPDX-License-Identifier: MIT OR Apache-2.0
// Where the program `fa` is.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

export interface Found {
  /** What was tried, for messages. */
  tried: string;
  file: string | undefined;
}

/** Result: the program that the setting names, else the one in PATH. Nothing is started. */
export function findProgram(setting: string, root: string | undefined, environment: NodeJS.ProcessEnv = process.env): Found {
  if (setting !== '') {
    const home = setting.startsWith('~/') ? path.join(os.homedir(), setting.slice(2)) : setting;
    const isName = !home.includes('/');
    if (!isName) {
      const file = path.resolve(root ?? os.homedir(), home);
      return { tried: setting, file: isProgram(file) ? file : undefined };
    }
  }
  const name = setting === '' ? 'fa' : setting;
  for (const folder of (environment['PATH'] ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue; // one of the workspace would be the workspace's program
    const file = path.join(folder, name);
    if (isProgram(file)) return { tried: name, file };
  }
  return { tried: name, file: undefined };
}

/** Result: negative, 0 or positive as version `a` is older, the same, newer. */
export function compareVersions(a: string, b: string): number {
  const parts = (text: string): number[] => text.split(/[.+-]/).slice(0, 3).map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < 3; ++i) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
