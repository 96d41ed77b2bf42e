import { filesBelow, sourceFiles, textOf } from './source-files';

const FOLDER = 'row-log/kafka/client-internals/';

/** Names of kafkajs that belong to no public interface, or that only its inner cluster has. */
const INNER =
  /kafkajs\/src|\b(brokerPool|connectionPool|lookupRequest|partitionAssigners|addTargetTopic|refreshMetadata\w*|findBroker|removeBroker|findTopicPartitionMetadata|findGroupCoordinator|fetchTopicsOffset)\b/;

test('inner parts of kafkajs are used in one folder, and tested in one', () => {
  const files = [...sourceFiles(), ...filesBelow('test')].filter((path) => /\.[jt]s$/.test(path));
  const users = files.filter(
    (path) => INNER.test(textOf(path)) && path !== 'test/tidy/client-internals.test.ts',
  );
  expect(users.filter((path) => path.startsWith(`shared/${FOLDER}`))).not.toEqual([]);
  expect(users.filter((path) => path.startsWith(`test/${FOLDER}`))).not.toEqual([]);
  expect(users.filter((path) => !path.includes(FOLDER))).toEqual([]);
});

test('the README of the inner parts names every file of its folder', () => {
  const folder = `shared/${FOLDER}`;
  const text = textOf(`${folder}README.md`);
  const files = filesBelow(`shared/${FOLDER.slice(0, -1)}`).map((path) => path.slice(folder.length));
  expect(files.filter((name) => name.endsWith('.ts') && !text.includes(`\`${name}\``))).toEqual([]);
});
