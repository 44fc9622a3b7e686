// SPDX-License-Identifier: MIT OR Apache-2.0
// The thread that takes large snapshots apart.
import { parentPort } from 'node:worker_threads';
import { parseSnapshot } from './snapshot_schema';

parentPort?.on('message', (content: Uint8Array) => parentPort?.postMessage(parseSnapshot(content)));
