// Loaded with `node --require` before a program. Kills the program with signal 9 in its append number KILL_AT_APPEND,
// counted from 1. KILL_IN_APPEND chooses the moment: `before-commit`, with all messages written and nothing committed,
// or `after-commit`. Before the kill it prints the end of the last successful append and the end of this one.
const { writeSync } = require('node:fs');
const Module = require('node:module');

const { KILL_AT_APPEND, KILL_IN_APPEND } = process.env;
const STDERR = 2;
let appends = 0;
let acknowledgedNext = 0;

/** An append is the only step that returns the offsets of its messages. */
function isAppend(result) {
  return Number.isInteger(result?.from) && result.next > result.from;
}

function die({ next }) {
  writeSync(STDERR, `killed ${KILL_IN_APPEND} of append ${appends}: offset ${acknowledgedNext} to ${next}\n`);
  process.kill(process.pid, 'SIGKILL');
  // Waits until the signal arrives.
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
