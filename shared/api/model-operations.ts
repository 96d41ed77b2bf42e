import { z } from 'zod';
import { TREE_FORMAT_NAMES } from '../tree-formats/formats';
import {
  aliasAnswer,
  aliasChangedAnswer,
  aliasesAnswer,
  changeBody,
  journalAnswer,
  liveAtAnswer,
  modelAnswer,
  modelsAnswer,
  pointBody,
  shadowAnswer,
  versionsAnswer,
} from './models';
import { BODY_FAULTS, noQuery, type Operation, READ, VERSION_FAULTS } from './operation';

/** A query parameter, which arrives as text. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]{0,14})$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

const VERSIONS_PAGE_MAX = 1_000;

const versionsQuery = z.strictObject({
  after: wholeNumber(0, 999_999_999_999_999).default(0).describe('the last version of the previous page'),
  limit: wholeNumber(1, VERSIONS_PAGE_MAX).default(VERSIONS_PAGE_MAX).describe('the most versions of a page'),
});

const treeQuery = z.strictObject({
  format: z.enum(TREE_FORMAT_NAMES).default('json').describe('the format of the tree'),
});

const journalQuery = z.strictObject({
  at: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text).toISOString())
    .optional()
    .describe('a time (RFC 3339); the answer holds the aliases at that time'),
  limit: wholeNumber(1, 10_000).default(100).describe('the most entries of the answer'),
});

const ADMIN = { query: noQuery, isAdmin: true } as const;

const ADMIN_FAULTS = [
  ...BODY_FAULTS,
  'unauthorized',
  'forbidden-host',
  'forbidden-proxy',
  'cross-site',
  'field-invalid',
  'precondition-failed',
  'invalid-header',
  'unknown-model',
  'registry-unavailable',
  'outcome-unknown',
] as const;

/** The operations on models, versions, aliases and the journal. */
export const MODEL_OPERATIONS = {
  listModels: {
    ...READ,
    path: '/models',
    summary: 'The served models',
    answers: { 200: modelsAnswer },
    faults: ['registry-unavailable'],
  },
  showModel: {
    ...READ,
    path: '/models/{model}',
    summary: 'The champion, the newest version, the features and the classes of a model',
    answers: { 200: modelAnswer },
    faults: ['unknown-model', 'registry-unavailable'],
  },
  listVersions: {
    ...READ,
    path: '/models/{model}/versions',
    summary: 'A page of the stored versions, ascending',
    query: versionsQuery,
    answers: { 200: versionsAnswer },
    faults: ['unknown-model', 'registry-unavailable'],
  },
  showVersion: {
    ...READ,
    path: '/models/{model}/versions/{version}',
    summary: 'The record of a version, with exactly the stored bytes',
    answers: { 200: z.looseObject({ format: z.literal('alder-version/1') }) },
    faults: VERSION_FAULTS,
  },
  showTree: {
    ...READ,
    path: '/models/{model}/versions/{version}/tree',
    summary: 'The tree of a version as stored, or as text, dot, svg, ml-cart, onnx or pmml',
    query: treeQuery,
    answers: { 200: z.looseObject({ format: z.literal('alder-tree/1') }) },
    faults: [...VERSION_FAULTS, 'export-too-large', 'export-format'],
  },
  listAliases: {
    ...READ,
    path: '/models/{model}/aliases',
    summary: 'The aliases with their versions',
    answers: { 200: aliasesAnswer },
    faults: ['unknown-model', 'registry-unavailable'],
  },
  showAlias: {
    ...READ,
    path: '/models/{model}/aliases/{alias}',
    summary: 'The version of an alias; a move sends the ETag of this answer in If-Match',
    answers: { 200: aliasAnswer },
    faults: ['unknown-model', 'unknown-alias', 'registry-unavailable'],
  },
  putAlias: {
    ...ADMIN,
    methods: ['put'],
    path: '/models/{model}/aliases/{alias}',
    summary: 'Move an alias to a version: If-Match with its ETag, or If-None-Match: * for a new alias',
    body: pointBody,
    answers: { 200: aliasChangedAnswer },
    faults: [...ADMIN_FAULTS, 'precondition-required', 'alias-name', 'too-many-aliases', 'unknown-version'],
  },
  rollback: {
    ...ADMIN,
    methods: ['post'],
    path: '/models/{model}/rollback',
    summary: 'Make the previous champion the champion again, and pin it',
    body: changeBody,
    answers: { 200: aliasChangedAnswer },
    faults: [...ADMIN_FAULTS, 'nothing-before'],
  },
  release: {
    ...ADMIN,
    methods: ['post'],
    path: '/models/{model}/release',
    summary: 'Release a pinned champion, so that the promotion rule applies again',
    body: changeBody,
    answers: { 200: aliasChangedAnswer },
    faults: [...ADMIN_FAULTS, 'model-not-loaded'],
  },
  showJournal: {
    ...READ,
    path: '/models/{model}/journal',
    summary: 'Every move of an alias, newest first; with ?at= the aliases at that time',
    query: journalQuery,
    answers: { 200: z.union([journalAnswer, liveAtAnswer]) },
    faults: ['unknown-model', 'registry-unavailable'],
  },
  showShadow: {
    ...READ,
    path: '/models/{model}/shadow',
    summary: 'How often a shadow agreed with the served version, by pairs of versions, the newest first',
    answers: { 200: shadowAnswer },
    faults: ['unknown-model', 'too-many-waiters'],
  },
} as const satisfies Record<string, Operation>;
