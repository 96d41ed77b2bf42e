// Stands in for the worker of a fit: its trees are the number of its thread. One with no class ends it, one with a
// single class cannot be fitted.
const { parentPort, threadId } = require('node:worker_threads');

parentPort.on('message', ({ window }) => {
  if (window.classNames.length === 0) throw new Error('no class');
  if (window.classNames.length === 1) {
    parentPort.postMessage({ ok: false, code: 'tree-too-large', message: 'one class' });
    return;
  }
  parentPort.postMessage({ ok: true, result: String(threadId) });
});
