import type { OperatingFault } from '../errors';

/** One row of the table that `alder codes` prints. */
export interface CodeHelp {
  /** The fact that a line with this code reports. */
  readonly meaning: string;
  /** The next step of an operator; `none` where nothing is to be done. */
  readonly todo: string;
}

/** Codes of log lines that report an event and no error. A code never changes once it is out: alarms match on it. */
export const LOG_CODES = {
  started: { meaning: 'The role listens and works.', todo: 'none' },
  active: { meaning: 'This trainer holds the lease and trains.', todo: 'none' },
  'standing-by': { meaning: 'Another trainer holds the lease; this one waits.', todo: 'none' },
  version: { meaning: 'A version was published.', todo: 'none' },
  'champion-served': { meaning: 'This process serves a new champion.', todo: 'none' },
  'alias-moved': {
    meaning: 'A person moved an alias over HTTP.',
    todo: 'none; "alder journal" shows who and why',
  },
  'unknown-variable': {
    meaning: 'An ALDER_ variable names no setting.',
    todo: 'correct its name; "alder config" lists all settings',
  },
  'no-health': {
    meaning: 'The health port of this role is taken.',
    todo: 'set another port if the health of this role is watched',
  },
  'admin-off': {
    meaning: 'Admin routes are off: the address is not loopback and there is no admin token.',
    todo: 'set adminTokenFile if people move aliases over HTTP',
  },
  'worker-ended': {
    meaning: 'A worker process of serving ended; another one starts.',
    todo: 'look at the line before it',
  },
  fenced: {
    meaning: 'The lease went to another trainer; this one stands by.',
    todo: 'none, unless it repeats every minute',
  },
  beaten: {
    meaning: 'Another trainer or an import published first; training starts again from its record.',
    todo: 'none',
  },
  'lease-kept': {
    meaning: 'The lease could not be released at the stop.',
    todo: 'none; another trainer takes it after leaseMs',
  },
  'report-failed': {
    meaning: "The trainer's report for the page could not be made.",
    todo: 'report it as a bug',
  },
  'publish-unknown': {
    meaning: 'The registry did not say whether a version was published; the trainer asks again.',
    todo: 'look at the registry if it repeats',
  },
  'mirror-failed': {
    meaning: "The committed offsets in Kafka lag behind the newest version's record.",
    todo: 'look at the broker and at the right Read on the group alder-<model> if it repeats',
  },
  'mirror-unread': {
    meaning: 'The committed offsets in Kafka could not be read, so the registry was not compared with them.',
    todo: 'look at the broker and at the right Read on the group alder-<model>',
  },
  'registry-accepted': {
    meaning: 'The trainer goes on with a registry that is older than the log remembers.',
    todo: 'none',
  },
  'registry-away': {
    meaning: 'Redis does not answer; serving answers from memory.',
    todo: 'start Redis, look at the network',
  },
  'registry-back': { meaning: 'The registry answers again.', todo: 'none' },
  'eviction-unknown': {
    meaning: 'Redis hides its maxmemory-policy.',
    todo: 'see that the policy of that Redis is noeviction',
  },
  'eviction-allowed': {
    meaning: 'Redis may evict stored versions, and allowEviction is set.',
    todo: 'set maxmemory-policy noeviction',
  },
  'hints-refused': {
    meaning: 'Redis refuses to subscribe, so changes are seen by polling alone.',
    todo: 'allow the commands subscribe and the channel alder:* to this user',
  },
  'kafka-client': { meaning: 'A line of the Kafka client itself.', todo: 'none' },
  'kafka-trouble': {
    meaning: 'A broker does not answer; the role tries again.',
    todo: 'look at the broker and the network',
  },
  'kafka-recovered': { meaning: 'The broker answers again.', todo: 'none' },
  'topic-config-hidden': {
    meaning: 'This user may not see the cleanup.policy of the topic.',
    todo: 'see that the topic is not compacted, or grant DescribeConfigs',
  },
  'append-waits': { meaning: 'The log has not acknowledged rows for a while.', todo: 'look at the log' },
  'append-unanswered': {
    meaning: 'The producer stopped before the log acknowledged its last rows; the log may hold them.',
    todo: 'start it again with --resume: it sends only the rows that the log lacks',
  },
  'append-recovered': { meaning: 'The log acknowledges rows again.', todo: 'none' },
  'partition-added': { meaning: 'The topic has a new partition; it is read from its start.', todo: 'none' },
  'window-shortened': {
    meaning: 'Retention deleted rows of the window, so the window is shorter.',
    todo: 'raise the retention of the topic if the whole window is needed',
  },
  'rejected-kept': { meaning: 'Rejected rows are stored again; reading goes on.', todo: 'none' },
  'rejected-waits': {
    meaning: 'Reading waits: the topic of rejected rows has not acknowledged.',
    todo: 'see that <topic>.rejected exists and accepts messages',
  },
  'rejected-unanswered': {
    meaning: 'A term ended before the topic of rejected rows acknowledged; copies may appear twice.',
    todo: 'none; readers keep the first copy',
  },
  'breaker-closed': { meaning: 'A paused partition is read again.', todo: 'none' },
} as const satisfies Record<string, CodeHelp>;

export type LogCode = keyof typeof LOG_CODES;

/** Help for each error of a role, a command or an adapter; the same codes stand in log lines. */
export const FAULT_HELP: Readonly<Record<OperatingFault, CodeHelp>> = {
  'setting-invalid': {
    meaning: 'A setting has a value that is not allowed.',
    todo: 'correct it; "alder config" shows what is allowed',
  },
  'settings-incomplete': {
    meaning: 'Half of a backend is named.',
    todo: 'set KAFKA_BROKERS and REDIS_URL together',
  },
  usage: { meaning: 'The command was called wrongly.', todo: 'read its --help' },
  'port-taken': { meaning: 'Another process listens on the port.', todo: 'name another port' },
  'file-unreadable': { meaning: 'A file cannot be read.', todo: 'check its path and its rights' },
  'file-unwritable': {
    meaning: 'A file cannot be written.',
    todo: 'check its folder, its rights and the disk',
  },
  'schema-invalid': {
    meaning: 'The schema file breaks a rule of its format.',
    todo: 'correct it, or make it anew with "alder schema"',
  },
  'csv-invalid': {
    meaning: 'The CSV file breaks a rule of its format.',
    todo: 'correct the line that the message names',
  },
  'resume-impossible': {
    meaning: 'The file differs from the rows that were sent before.',
    todo: 'send it without --resume, or to another topic',
  },
  'schema-differs': {
    meaning: "The schema is not the live model's.",
    todo: 'use its schema, or another --model',
  },
  'holdout-differs': {
    meaning: "holdoutShare is not the live model's.",
    todo: 'use its share, or another --model',
  },
  'window-too-large': {
    meaning: 'The engine is too slow for windowRows.',
    todo: 'lower windowRows, or take the engine exact',
  },
  'log-unavailable': {
    meaning: 'The log does not answer now.',
    todo: 'wait; look at the broker if it lasts',
  },
  'log-failed': {
    meaning: 'The log answers with an error that waiting does not mend.',
    todo: 'read the message; check user, password and versions',
  },
  'log-closed': { meaning: 'The log was closed by this process.', todo: 'none; the process is about to end' },
  'log-forbidden': {
    meaning: 'This user lacks a right on the topic or the group.',
    todo: 'grant the right that the message names',
  },
  'log-replaced': {
    meaning: "The log is not the one that the newest version's record names.",
    todo: 'restore it, or begin another --model',
  },
  'log-range-gone': {
    meaning: 'Rows were deleted before they were read.',
    todo: 'raise the retention; begin another --model to go on',
  },
  'log-damaged': {
    meaning: 'A batch of the log does not have the checksum that it names, or cannot be unpacked.',
    todo: 'restore that partition from a replica or a backup; begin another --model behind the damage',
  },
  'batch-too-large': {
    meaning: 'A packed batch holds more than 64 MiB once it is unpacked.',
    todo: 'lower batch.size of its producer; begin another --model behind that batch',
  },
  'breaker-open': {
    meaning: 'A partition is paused: most of its last rows were bad.',
    todo: 'look at "alder rejected list"; --skip-breaker reads on',
  },
  'registry-regressed': {
    meaning: 'The registry was emptied or restored from an older state.',
    todo: 'restore it, or start once with --accept-registry',
  },
  'offset-too-large': { meaning: 'An offset is 2^53 or larger.', todo: 'begin another topic' },
  'topic-missing': { meaning: 'The topic does not exist.', todo: 'create it, or name another with --topic' },
  'topic-compacted': {
    meaning: 'The topic is compacted, so its rows would disappear.',
    todo: 'set cleanup.policy=delete',
  },
  'codec-missing': {
    meaning: 'A message is compressed by a codec that is not read here.',
    todo: 'use gzip, snappy, lz4, zstd or no compression',
  },
  'append-refused': {
    meaning: 'The log refuses messages.',
    todo: 'read the message; look at the disk of the log',
  },
  'rejected-append-refused': {
    meaning: 'The topic of rejected rows refuses messages.',
    todo: 'read the message; look at <topic>.rejected',
  },
  'data-folder': {
    meaning: 'The data folder cannot be used.',
    todo: 'check its path, its rights and the disk',
  },
  'registry-unavailable': {
    meaning: 'The registry does not answer now.',
    todo: 'wait; look at Redis if it lasts',
  },
  'registry-closed': {
    meaning: 'The registry was closed by this process.',
    todo: 'none; the process is about to end',
  },
  'registry-forbidden': {
    meaning: 'Redis refuses the user or a command.',
    todo: "check user and password in REDIS_URL, and that user's ACL",
  },
  'registry-evicts': { meaning: 'Redis may evict stored versions.', todo: 'set maxmemory-policy noeviction' },
  'record-invalid': {
    meaning: 'A stored record failed its checks.',
    todo: 'run "alder verify"; restore the registry',
  },
  'tree-invalid': {
    meaning: 'A stored tree failed its checks.',
    todo: 'run "alder verify"; restore the registry',
  },
  'tree-too-large': {
    meaning: 'The tree is larger than 16 MiB.',
    todo: 'lower maxDepth or windowRows, or raise minLeafRows',
  },
  'digest-mismatch': {
    meaning: 'A stored version does not have the digest that it names.',
    todo: 'run "alder verify"; restore the registry',
  },
  'replay-differs': {
    meaning: 'A replay came to another result than the record.',
    todo: 'run "alder verify --deep"',
  },
  'fit-failed': { meaning: 'The thread of a fit ended.', todo: 'look at the memory of the machine' },
  'export-format': { meaning: 'This tree cannot be written in this format.', todo: 'take another format' },
  'import-invalid': { meaning: 'The file holds no tree that can be imported.', todo: 'read the message' },
  invariant: { meaning: 'A promise of our own code was broken.', todo: 'report it as a bug' },
};
