// A fake fit worker that returns its thread number in place of a tree. A request without classes ends the worker; a
// request with a single class fails.
const { parentPort, threadId } = require('node:worker_threads');

parentPort.on('message', ({ window }) => {
  if (window.classNames.length === 0) throw new Error('no class');
  if (window.classNames.length === 1) {
    parentPort.postMessage({ ok: false, code: 'tree-too-large', message: 'one class' });
    return;
  }
  parentPort.postMessage({ ok: true, result: String(threadId) });
});
