import type { PageState } from '../feed/page-state';
import { counted, countText, millisecondsText, rateText, UNKNOWN } from '../ui/format';
import { LAG_GROWN_MIN, lagGrowth, type Stage } from './alerts';

/** What a part of the pipeline shows of itself. */
export interface StageFacts {
  readonly title: string;
  /** What it does, for somebody who has never read about it. */
  readonly does: string;
  /** The figure that matters most, with its unit. */
  readonly figure: string;
  readonly unit: string;
  /** Further facts, a line each. */
  readonly facts: readonly string[];
  /** How far the next refit is, from 0 to 1; null where that means nothing. */
  readonly progress: number | null;
  /** True while rows or requests flow through it. */
  readonly isFlowing: boolean;
}

export function stageFacts({ pipeline, moments }: PageState): Readonly<Record<Stage, StageFacts>> {
  const report = pipeline?.trainer.state === 'none' ? null : (pipeline?.trainer.report ?? null);
  const isActive = pipeline?.trainer.state === 'active';
  const read = isActive ? (report?.perSecond.accepted ?? null) : null;
  const appended = isActive ? (report?.perSecond.appendedMessages ?? null) : null;
  const champion = pipeline?.aliases.champion;
  const serving = pipeline?.serving;
  return {
    producer: {
      title: 'Producer',
      does: 'sends labelled rows',
      figure: rateText(appended),
      unit: 'messages/s',
      facts: [producerFact(appended, isActive)],
      progress: null,
      isFlowing: (appended ?? 0) > 0,
    },
    log: {
      title: 'Row log',
      does: 'keeps every row, in order',
      figure: countText(isActive ? report?.lagMessages : null),
      unit: 'messages waiting',
      facts: [
        isActive ? lagFact(lagGrowth(moments)) : 'not known without a trainer',
        ...(report === null
          ? []
          : [`${report.log.topic} on ${report.log.kind === 'kafka' ? 'Kafka' : 'this machine'}`]),
      ],
      progress: null,
      isFlowing: (read ?? 0) > 0,
    },
    trainer: {
      title: 'Trainer',
      does: 'refits the tree on the newest rows',
      figure: rateText(read),
      unit: 'rows/s read',
      facts: refitFacts(report?.refit ?? null, isActive),
      progress:
        isActive && report !== null ? Math.min(1, report.refit.pendingRows / report.refit.batchRows) : null,
      isFlowing: (read ?? 0) > 0,
    },
    registry: {
      title: 'Registry',
      does: 'keeps every version',
      figure: champion === undefined ? UNKNOWN : `v${champion.version}`,
      unit: champion === undefined ? 'no champion yet' : `champion${champion.held ? ', held' : ''}`,
      facts: [
        `newest ${pipeline?.latest == null ? UNKNOWN : `v${pipeline.latest}`}`,
        pipeline === null ? UNKNOWN : `seen ${millisecondsText(pipeline.registry.stalenessMs)} ago`,
      ],
      progress: null,
      isFlowing: (read ?? 0) > 0,
    },
    serving: {
      title: 'Serving',
      does: 'answers predictions',
      figure: rateText(serving?.requestsPerSecond),
      unit: 'requests/s',
      facts: [
        serving?.p99Ms == null
          ? 'no request in the last 10 s'
          : `99 of 100 within ${millisecondsText(serving.p99Ms)}`,
        serving === undefined
          ? UNKNOWN
          : `${counted(serving.processes, 'process', 'processes')}, ${counted(serving.pages, 'page')} open`,
      ],
      progress: null,
      isFlowing: (serving?.requestsPerSecond ?? 0) > 0,
    },
  };
}

function producerFact(appended: number | null, isActive: boolean): string {
  if (appended === null) return isActive ? 'the end of the log is not known' : 'not known without a trainer';
  return appended > 0 ? 'sending' : 'quiet';
}

function lagFact(grown: number | null): string {
  if (grown === null) return 'watching whether it grows';
  if (Math.abs(grown) < LAG_GROWN_MIN) return 'not growing';
  return grown > 0 ? 'growing' : 'shrinking';
}

function refitFacts(
  refit: { readonly pendingRows: number; readonly batchRows: number; readonly windowRows: number } | null,
  isActive: boolean,
): readonly string[] {
  if (refit === null) return [];
  const next = `next refit: ${countText(refit.pendingRows)} of ${counted(refit.batchRows, 'row')}`;
  return [isActive ? next : 'not running', `window of ${counted(refit.windowRows, 'row')}`];
}
