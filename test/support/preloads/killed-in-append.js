// Loaded with `node --require` before a program: kills it with signal 9 in the middle of its append number
// KILL_AT_APPEND, as counted from 1, either with all its messages written and nothing committed or right after the
// commit, as KILL_IN_APPEND says: `before-commit` or `after-commit`. Before that it tells where the last append ended
// that the program saw succeed, and where this one ends.
const { writeSync } = require('node:fs');
const Module = require('node:module');

const { KILL_AT_APPEND, KILL_IN_APPEND } = process.env;
const STDERR = 2;
let appends = 0;
let acknowledgedNext = 0;

/** Of all steps, an append is the one that gives the offsets of its messages. */
function isAppend(result) {
  return Number.isInteger(result?.from) && result.next > result.from;
}

function die({ next }) {
  writeSync(STDERR, `killed ${KILL_IN_APPEND} of append ${appends}: offset ${acknowledgedNext} to ${next}\n`);
  process.kill(process.pid, 'SIGKILL');
  // Until the signal arrives.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function interrupted(root) {
  const { transactionSync } = root;
  root.transactionSync = function (step, ...more) {
    let isLast = false;
    const watched = () => {
      const result = step();
      if (!isAppend(result)) return result;
      appends += 1;
      isLast = appends === Number(KILL_AT_APPEND);
      if (isLast && KILL_IN_APPEND === 'before-commit') die(result);
      return result;
    };
    const result = transactionSync.call(this, watched, ...more);
    if (isLast) die(result);
    if (isAppend(result)) acknowledgedNext = result.next;
    return result;
  };
  return root;
}

const load = Module._load;
Module._load = function (name, ...more) {
  const loaded = load.call(this, name, ...more);
  return name === 'lmdb' ? { ...loaded, open: (options) => interrupted(loaded.open(options)) } : loaded;
};
