// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading a snapshot file without trusting it: regular files only, never more than 16 MiB, whatever the name leads to.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { MOST_BYTES, parseSnapshot, type Parsed } from './snapshot_schema';

export const SNAPSHOT_NAME = /^snapshot_[0-9]{16}\.json$/;
// Parsing more than this takes longer than a key press may wait.
const MOST_BYTES_HERE = 256 * 1024;

export type FileResult = Parsed | 'gone';

/** Result: the bytes of a regular file; 'gone' when it vanished, which is no fault. */
async function readBytes(file: string): Promise<Uint8Array | 'gone' | 'kind' | 'size'> {
  let handle: fs.promises.FileHandle;
  try {
    // Not through a link, and not waiting for the writer of a pipe.
    handle = await fs.promises.open(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'kind';
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return 'kind';
    if (stat.size > MOST_BYTES) return 'size';
    // One byte more than the file had: a file that grows meanwhile is noticed, not followed.
    const buffer = Buffer.alloc(Math.min(stat.size, MOST_BYTES) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (bytesRead === 0) return buffer.subarray(0, length);
      if (length === buffer.length) {
        const now = await handle.stat();
        return now.size > MOST_BYTES ? 'size' : buffer.subarray(0, length);
      }
    }
  } catch {
    return 'kind';
  } finally {
    await handle.close();
  }
}

/** Reads snapshots one after the other; large ones are taken apart in a thread, so that the editor answers meanwhile. */
export class SnapshotReader {
  private worker: Worker | undefined;
  private waiting: ((parsed: Parsed) => void) | undefined;

  async read(file: string): Promise<FileResult> {
    const content = await readBytes(file);
    if (content === 'gone') return 'gone';
    if (content === 'kind' || content === 'size') return { reason: content };
    return content.byteLength <= MOST_BYTES_HERE ? parseSnapshot(content) : this.parseElsewhere(content);
  }

  dispose(): void {
    void this.worker?.terminate();
    this.worker = undefined;
    this.settle({ reason: 'json' });
  }

  private parseElsewhere(content: Uint8Array): Promise<Parsed> {
    return new Promise((resolve) => {
      this.waiting = resolve;
      if (this.worker === undefined) {
        this.worker = new Worker(path.join(__dirname, 'parser.js'), { resourceLimits: { maxOldGenerationSizeMb: 512 } });
        this.worker.unref();
        this.worker.on('message', (parsed: Parsed) => this.settle(parsed));
        // Out of memory, say: the file is refused, the next one gets a new thread.
        this.worker.on('error', () => {
          this.worker = undefined;
          this.settle({ reason: 'size' });
        });
        this.worker.on('exit', () => {
          this.worker = undefined;
          this.settle({ reason: 'size' });
        });
      }
      this.worker.postMessage(content);
    });
  }

  private settle(parsed: Parsed): void {
    const resolve = this.waiting;
    this.waiting = undefined;
    resolve?.(parsed);
  }
}
