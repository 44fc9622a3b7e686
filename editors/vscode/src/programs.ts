// SPDX-License-Identifier: MIT OR Apache-2.0
// Programs: folders with snapshots directly in them.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SNAPSHOT_NAME } from './snapshot_file';

const DEPTH = 5;
const MOST_FOLDERS = 20_000;
export const LIVE_MS = 5_000;

export interface Program {
  directory: string;
  newest: string;
  writtenMs: number;
}

export const isLive = (program: { writtenMs: number }, now: number): boolean => now - program.writtenMs < LIVE_MS;

/** Result: the program of a folder, by its newest snapshot; undefined when it has none. Links and pipes are none. */
export async function programIn(directory: string): Promise<Program | undefined> {
  let names: string[];
  try {
    names = (await fs.promises.readdir(directory)).filter((name) => SNAPSHOT_NAME.test(name));
  } catch {
    return undefined;
  }
  let found: Program | undefined;
  // The newest by name is the newest by time, except after a new start: then a few more are looked at.
  for (const name of names) {
    try {
      const stat = await fs.promises.lstat(path.join(directory, name));
      if (stat.isFile() && (found === undefined || stat.mtimeMs > found.writtenMs)) {
        found = { directory, newest: name, writtenMs: stat.mtimeMs };
      }
    } catch {
      // Pruned meanwhile.
    }
  }
  return found;
}

/** Result: the programs at and below `root`, to depth 5; without node_modules, .git and links. */
export async function programsBelow(root: string): Promise<Program[]> {
  const programs: Program[] = [];
  let folders = [root];
  let seen = 0;
  for (let depth = 0; depth <= DEPTH && folders.length > 0; ++depth) {
    const next: string[] = [];
    for (const folder of folders) {
      if (++seen > MOST_FOLDERS) return programs;
      let entries: fs.Dirent[];
      try {
        entries = await fs.promises.readdir(folder, { withFileTypes: true });
      } catch {
        continue;
      }
      if (entries.some((entry) => entry.isFile() && SNAPSHOT_NAME.test(entry.name))) {
        const program = await programIn(folder);
        if (program !== undefined) programs.push(program);
      }
      for (const entry of entries) {
        if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') next.push(path.join(folder, entry.name));
      }
    }
    folders = next;
  }
  return programs;
}
