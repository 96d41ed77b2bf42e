import { Command } from 'commander';

/** `alder schema FILE`: the schema of a CSV file, on stdout. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('write the schema of a CSV file: numeric columns are features, the last column is the label')
    .argument('<file>', 'CSV file with a header')
    .option('--label <column>', 'the label column, when it is not the last')
    .addHelpText(
      'after',
      '\nExample:\n  alder schema wine.csv > wine.schema.json && alder up wine.csv --data-dir wine',
    )
    .action(async (file: string, { label }: { label?: string }) => {
      const { inferSchema } = await import('../../services/producer/infer-schema');
      const schema = await inferSchema(file, label);
      process.stdout.write(`${JSON.stringify({ format: 'alder-schema/1', ...schema }, null, 2)}\n`);
    });
}
