import { z } from 'zod';
import { changeBody, pointBody } from './admin-bodies';
import { versionsAnswer } from './answers';
import { BODY_FAULTS, type Operation, READ, VERSION_FAULTS } from './operation';
import { journalQuery, noQuery, treeQuery, versionsQuery } from './queries';
import {
  aliasAnswer,
  aliasChangedAnswer,
  aliasesAnswer,
  journalAnswer,
  liveAtAnswer,
  modelAnswer,
  modelsAnswer,
  shadowAnswer,
} from './version-answers';

const ADMIN = { query: noQuery, isAdmin: true } as const;

const ADMIN_FAULTS = [
  ...BODY_FAULTS,
  'unauthorized',
  'forbidden-host',
  'field-invalid',
  'precondition-failed',
  'invalid-header',
  'unknown-model',
  'registry-unavailable',
  'outcome-unknown',
] as const;

/** Versions, what points at them, and what became of that. */
export const MODEL_OPERATIONS = {
  listModels: {
    ...READ,
    path: '/models',
    summary: 'The models that are served here',
    answers: { 200: modelsAnswer },
    faults: ['registry-unavailable'],
  },
  showModel: {
    ...READ,
    path: '/models/{model}',
    summary: 'What is live, what is newest, and what the model reads and says',
    answers: { 200: modelAnswer },
    faults: ['unknown-model', 'registry-unavailable'],
  },
  listVersions: {
    ...READ,
    path: '/models/{model}/versions',
    summary: 'The stored versions, ascending, a page at a time',
    query: versionsQuery,
    answers: { 200: versionsAnswer },
    faults: ['unknown-model', 'registry-unavailable'],
  },
  showVersion: {
    ...READ,
    path: '/models/{model}/versions/{version}',
    summary: 'The record of a version, byte for byte as it is stored',
    answers: { 200: z.looseObject({ format: z.literal('alder-version/1') }) },
    faults: VERSION_FAULTS,
  },
  showTree: {
    ...READ,
    path: '/models/{model}/versions/{version}/tree',
    summary: 'The tree of a version as it is stored, or as text, dot, svg, ml-cart, onnx or pmml',
    query: treeQuery,
    answers: { 200: z.looseObject({ format: z.literal('alder-tree/1') }) },
    faults: [...VERSION_FAULTS, 'export-too-large', 'export-format'],
  },
  listAliases: {
    ...READ,
    path: '/models/{model}/aliases',
    summary: 'What points where',
    answers: { 200: aliasesAnswer },
    faults: ['unknown-model', 'registry-unavailable'],
  },
  showAlias: {
    ...READ,
    path: '/models/{model}/aliases/{alias}',
    summary: 'Where an alias points; its ETag is what a move names in If-Match',
    answers: { 200: aliasAnswer },
    faults: ['unknown-model', 'unknown-alias', 'registry-unavailable'],
  },
  putAlias: {
    ...ADMIN,
    methods: ['put'],
    path: '/models/{model}/aliases/{alias}',
    summary: 'Point an alias at a version: If-Match with its ETag, or If-None-Match: * for a new one',
    body: pointBody,
    answers: { 200: aliasChangedAnswer },
    faults: [...ADMIN_FAULTS, 'precondition-required', 'alias-name', 'too-many-aliases', 'unknown-version'],
  },
  rollback: {
    ...ADMIN,
    methods: ['post'],
    path: '/models/{model}/rollback',
    summary: 'Make the champion before the live one the champion again, and hold it',
    body: changeBody,
    answers: { 200: aliasChangedAnswer },
    faults: [...ADMIN_FAULTS, 'nothing-before'],
  },
  release: {
    ...ADMIN,
    methods: ['post'],
    path: '/models/{model}/release',
    summary: 'Let a held champion follow the gate again',
    body: changeBody,
    answers: { 200: aliasChangedAnswer },
    faults: [...ADMIN_FAULTS, 'model-not-loaded'],
  },
  showJournal: {
    ...READ,
    path: '/models/{model}/journal',
    summary: 'Every change of what is live, newest first; with ?at= where the aliases stood then',
    query: journalQuery,
    answers: { 200: z.union([journalAnswer, liveAtAnswer]) },
    faults: ['unknown-model', 'registry-unavailable'],
  },
  showShadow: {
    ...READ,
    path: '/models/{model}/shadow',
    summary: 'How often a shadow said the same as what was served, by pairs of versions, the newest first',
    answers: { 200: shadowAnswer },
    faults: ['unknown-model', 'too-many-waiters'],
  },
} as const satisfies Record<string, Operation>;
