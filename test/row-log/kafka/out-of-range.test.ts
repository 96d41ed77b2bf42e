import { RangeJudge } from '../../../shared/row-log/kafka/out-of-range';

describe('an offset that a broker calls out of range', () => {
  const bounds = { partition: 0, earliest: 10, end: 20 };
  const clock = { ms: 0 };
  const judgeAt = (judge: RangeJudge, ms: number, from: number) => {
    clock.ms = ms;
    return judge.judge({ partition: 0, from }, bounds)?.code ?? null;
  };
  const newJudge = () => new RangeJudge('rows', () => clock.ms);

  it('an offset below the earliest of the leader is gone', () => {
    expect(judgeAt(newJudge(), 0, 9)).toBe('log-range-gone');
  });

  it('an offset within the bounds of the leader is right', () => {
    const judge = newJudge();
    expect([judgeAt(judge, 0, 10), judgeAt(judge, 0, 20)]).toEqual([null, null]);
  });

  it('an offset that stays above the end for two seconds is of another log', () => {
    const judge = newJudge();
    expect([judgeAt(judge, 0, 21), judgeAt(judge, 1_999, 21)]).toEqual([null, null]);
    expect(judgeAt(judge, 2_000, 21)).toBe('log-replaced');
  });

  it('the two seconds above the end start anew after an offset within the bounds', () => {
    const judge = newJudge();
    expect([judgeAt(judge, 0, 21), judgeAt(judge, 1_500, 20), judgeAt(judge, 2_500, 21)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
