import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { type Operation, problemBody } from '../../../shared/api/operation';
import { OPERATIONS } from '../../../shared/api/operations';
import { meaningOf, PROBLEM_TYPE } from '../../../shared/http/problem';
import { codeVersion } from '../../../shared/runtime/package-info';

/** The part of OpenAPI 3.1 that this file writes. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: object;
}

export interface OperationObject {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly ParameterObject[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
  readonly security?: readonly object[];
}

export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: object;
}

/** Descriptions of the path parameters. */
const PARTS: Readonly<Record<string, string>> = {
  model: 'the name of the model',
  version: 'the number of a version; an alias where the Open Inference Protocol is spoken',
  selector: 'the number of a version, or an alias such as champion, challenger or latest',
  alias: 'the name of an alias',
  format: 'the name of a format',
  file: 'a name that the page gives',
};

const PROBLEM = { $ref: '#/components/schemas/Problem' };

/** Describes the service from the same schemas that check its requests. */
export function openApiDocument(): OpenApiDocument {
  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const [id, operation] of Object.entries(OPERATIONS) as [string, Operation][]) {
    const { path, methods } = operation;
    const described = methods.map((method) => [method, describe(id, method, operation)]);
    paths[path] = { ...paths[path], ...Object.fromEntries(described) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Alder',
      version: codeVersion,
      description: 'Decision trees trained from a stream of rows: predictions, versions and what is live.',
    },
    paths,
    components: {
      schemas: { Problem: schemaOf(problemBody, 'output') },
      securitySchemes: { admin: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function describe(id: string, method: string, operation: Operation): OperationObject {
  const { methods, path, summary, query, body, isAdmin } = operation;
  return {
    operationId: methods.length > 1 && method !== methods[0] ? `${id}By${method}` : id,
    summary,
    parameters: [...pathParameters(path), ...queryParameters(query), ...preconditions(operation)],
    ...(body === null ? {} : { requestBody: { required: true, content: jsonContent(body, 'input') } }),
    responses: { ...answersOf(operation), ...problemsOf(operation) },
    ...(isAdmin ? { security: [{ admin: [] }] } : {}),
  };
}

function pathParameters(path: string): ParameterObject[] {
  return [...path.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => ({
    name: name!,
    in: 'path',
    required: true,
    description: PARTS[name!]!,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject): ParameterObject[] {
  const { properties = {} } = schemaOf(query, 'input') as {
    properties?: Record<string, { description?: string }>;
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: false,
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function preconditions({ faults }: Operation): ParameterObject[] {
  if (!faults.includes('precondition-failed')) return [];
  const description = 'the ETag of the alias as it is to be replaced';
  return [{ name: 'If-Match', in: 'header', required: false, description, schema: { type: 'string' } }];
}

function answersOf({ answers }: Operation): Record<string, object> {
  const described = Object.entries(answers).map(([status, shape]) => [
    status,
    {
      description: STATUS_CODES[status] ?? '',
      content: typeof shape === 'string' ? { [shape]: {} } : jsonContent(shape, 'output'),
    },
  ]);
  return Object.fromEntries(described) as Record<string, object>;
}

/** One response per status, described by the codes that share it. */
function problemsOf({ faults, body }: Operation): Record<string, object> {
  const codes = [...faults, ...(body === null ? [] : (['invalid-json'] as const)), 'internal' as const];
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const { status } = meaningOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const described = [...byStatus].map(([status, codes]) => [
    String(status),
    {
      description: `${STATUS_CODES[status]}: ${codes.join(', ')}`,
      content: { [PROBLEM_TYPE]: { schema: PROBLEM } },
    },
  ]);
  return Object.fromEntries(described) as Record<string, object>;
}

function jsonContent(shape: z.ZodType, io: 'input' | 'output'): object {
  return { 'application/json': { schema: schemaOf(shape, io) } };
}

function schemaOf(shape: z.ZodType, io: 'input' | 'output'): object {
  const { $schema, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any' });
  return schema;
}
