import { createHash } from 'node:crypto';
import {
  batchSpans,
  commitCut,
  planCut,
  sealPending,
  windowSpans,
} from '../../../services/trainer/refit/cut';
import { emptyIntake, readGap, readMessage } from '../intakes';

const WINDOW = 1_000;

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

describe('the runs that a cut takes', () => {
  test('a cut takes a run of each partition in turn, up to its bound', () => {
    const intakes = [emptyIntake(0), emptyIntake(1), emptyIntake(2)];
    for (let i = 0; i < 5; i++) for (const intake of intakes) readMessage(intake, 1);
    const cut = planCut(intakes, 7, WINDOW);
    expect(cut.accepted).toBe(7);
    expect(cut.partitions.map(({ progress }) => progress.next)).toEqual([3, 2, 2]);
  });

  test('the number of versions rotates the partition that a cut begins with, so that none starves', () => {
    const intakes = [emptyIntake(0), emptyIntake(1), emptyIntake(2)];
    for (let i = 0; i < 5; i++) for (const intake of intakes) readMessage(intake, 1);
    const nextAfter = (versionCount: number) =>
      planCut(intakes, 1, WINDOW, versionCount).partitions.map(({ progress }) => progress.next);
    expect([0, 1, 2, 3].map(nextAfter)).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
    ]);
  });

  test('a cut takes the rest from other partitions when one has nothing left', () => {
    const intakes = [emptyIntake(0), emptyIntake(1)];
    readMessage(intakes[0]!, 1);
    for (let i = 0; i < 5; i++) readMessage(intakes[1]!, 1);
    expect(planCut(intakes, 4, WINDOW).partitions.map(({ progress }) => progress.next)).toEqual([1, 3]);
  });

  test('a cut skips a message that would exceed the bound and takes a smaller one of another partition', () => {
    const intakes = [emptyIntake(0), emptyIntake(1)];
    readMessage(intakes[0]!, 3);
    readMessage(intakes[0]!, 3);
    readMessage(intakes[1]!, 1);
    readMessage(intakes[1]!, 1);
    const cut = planCut(intakes, 5, WINDOW);
    expect(cut.accepted).toBe(5);
    expect(cut.partitions.map(({ progress }) => progress.next)).toEqual([1, 2]);
  });

  test('a cut takes one message that is larger than the bound, and nothing else', () => {
    const intakes = [emptyIntake(0), emptyIntake(1)];
    readMessage(intakes[0]!, 12);
    readMessage(intakes[1]!, 1);
    const cut = planCut(intakes, 10, WINDOW);
    expect(cut.accepted).toBe(12);
    expect(cut.partitions.map(({ progress }) => progress.next)).toEqual([1, 0]);
  });

  test('a cut takes messages without rows with the message before them, whatever the bound', () => {
    const intake = emptyIntake();
    readMessage(intake, 0, 2);
    readMessage(intake, 1);
    readMessage(intake, 0, 1);
    readMessage(intake, 1);
    const cut = planCut([intake], 1, WINDOW);
    expect(cut).toMatchObject({ accepted: 1, rejected: 3, newestRowMs: 1_001 });
    expect(cut.partitions[0]!.progress).toMatchObject({ next: 3, messages: 3, accepted: 1, rejected: 3 });
  });
});

describe('the progress that a cut leads to', () => {
  test('planning changes nothing; two plans of the same rows are equal', () => {
    const intake = emptyIntake();
    for (let i = 0; i < 3; i++) readMessage(intake, 2);
    const first = planCut([intake], 4, WINDOW);
    expect(planCut([intake], 4, WINDOW)).toEqual(first);
    expect(intake.progress).toMatchObject({ next: 0, messages: 0 });
    // Without a seal, a message without rows still joins the newest run.
    readMessage(intake, 0, 1);
    expect(intake.pending.runCount).toBe(3);
  });

  test('control records behind the last message are stepped over once everything is taken', () => {
    const intake = emptyIntake();
    readMessage(intake, 1);
    readGap(intake, 2);
    readMessage(intake, 1);
    readGap(intake, 3);
    expect(planCut([intake], 1, WINDOW).partitions[0]!.progress).toMatchObject({ next: 1, messages: 1 });
    const all = planCut([intake], 2, WINDOW).partitions[0]!.progress;
    expect(all).toMatchObject({ next: 7, messages: 2 });
    expect(all.last).toEqual({ offset: '3', sha256: sha256('3'), timestampMs: 1_003 });
  });

  test('a partition that brings nothing keeps its last message', () => {
    const intakes = [emptyIntake(0), emptyIntake(1)];
    readMessage(intakes[0]!, 1);
    readMessage(intakes[1]!, 1);
    commitCut(planCut(intakes, 10, WINDOW));
    readMessage(intakes[1]!, 1);
    const [idle, busy] = planCut(intakes, 10, WINDOW).partitions;
    expect(idle).toMatchObject({ batchFrom: 1, rowsFrom: 1, rowsEnd: 1 });
    expect(idle!.progress).toMatchObject({ next: 1, last: { offset: '0' } });
    expect(busy!.progress).toMatchObject({ next: 2, last: { offset: '1' } });
  });

  test('each partition has the whole part of its share of the window, and at least one row', () => {
    const intakes = [emptyIntake(0), emptyIntake(1), emptyIntake(2)];
    for (let i = 0; i < 9; i++) readMessage(intakes[0]!, 1);
    // floor(11 / 3) = 3 rows of partition 0, though the others have none.
    const cut = planCut(intakes, 100, 11);
    expect(cut.partitions[0]!.progress.windowFrom).toBe(6);
    expect(windowSpans(cut).map(({ from, end }) => end - from)).toEqual([3, 0, 0]);
    expect(planCut(intakes, 100, 2).partitions[0]!.progress.windowFrom).toBe(8);
  });

  test('a mini-batch larger than the quota is scored whole, and fitted on in its last part', () => {
    const intake = emptyIntake();
    for (let i = 0; i < 10; i++) readMessage(intake, 1);
    const cut = planCut([intake], 10, 4);
    expect(batchSpans(cut).map(({ from, end }) => end - from)).toEqual([10]);
    expect(windowSpans(cut).map(({ from, end }) => end - from)).toEqual([4]);
  });
});

describe('rows that are read while a fit runs', () => {
  test('rows that are read during a fit are in the next cut, and counted once', () => {
    const intake = emptyIntake();
    readMessage(intake, 2);
    sealPending([intake]);
    const cut = planCut([intake], 10, WINDOW);
    readMessage(intake, 0, 1);
    readMessage(intake, 1);
    commitCut(cut);
    expect(intake.progress).toMatchObject({ next: 1, messages: 1, accepted: 2, rejected: 0 });
    const next = planCut([intake], 10, WINDOW);
    expect(next).toMatchObject({ accepted: 1, rejected: 1 });
    expect(next.partitions[0]).toMatchObject({ batchFrom: 1, rowsFrom: 2, rowsEnd: 3 });
    commitCut(next);
    expect(intake.progress).toMatchObject({ next: 3, messages: 3, accepted: 3, rejected: 1 });
  });

  test('a committed cut drops rows that left the window, and the pending rows keep their place', () => {
    const intake = emptyIntake(0, 2);
    for (let i = 0; i < 8; i++) readMessage(intake, 1);
    const cut = planCut([intake], 6, 2);
    commitCut(cut);
    expect(intake.store.rows.rowCount).toBe(4);
    expect(intake.rowsCut).toBe(2);
    const next = planCut([intake], 6, 2);
    expect(next.partitions[0]!.progress).toMatchObject({ windowFrom: 6, next: 8, accepted: 8 });
    expect(batchSpans(next).map(({ store, from }) => store.rows.offsetOf(from))).toEqual([6]);
  });
});
