import type { PageState } from '../feed/page-state';
import { counted, countText, millisecondsText, rateText, UNKNOWN } from '../ui/format';
import { LAG_GROWN_MIN, lagGrowth, type Stage } from './alerts';

/** The texts and figures of one part of the pipeline. */
export interface StageFacts {
  readonly title: string;
  /** Its task, in a few words for a newcomer. */
  readonly does: string;
  /** The most important figure; `unit` follows it. */
  readonly figure: string;
  readonly unit: string;
  /** Further figures, one line each. */
  readonly facts: readonly string[];
  /** Pending rows as a share of the next mini-batch, from 0 to 1; null for parts that do not refit. */
  readonly progress: number | null;
  /** True while rows or requests pass through. */
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
      unit: 'messages of lag',
      facts: [
        isActive ? lagFact(lagGrowth(moments)) : 'no active trainer, so not known',
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
      title: 'Model registry',
      does: 'keeps every version',
      figure: champion === undefined ? UNKNOWN : `v${champion.version}`,
      unit: champion === undefined ? 'no champion yet' : `champion${champion.held ? ', pinned by hand' : ''}`,
      facts: [
        `newest version ${pipeline?.latest == null ? UNKNOWN : `v${pipeline.latest}`}`,
        pipeline === null ? UNKNOWN : `read ${millisecondsText(pipeline.registry.stalenessMs)} ago`,
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
          : `p99 latency ${millisecondsText(serving.p99Ms)}`,
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
  if (appended === null) return isActive ? 'end of the log not known' : 'no active trainer, so not known';
  return appended > 0 ? 'sending' : 'not sending';
}

function lagFact(grown: number | null): string {
  if (grown === null) return 'trend not known yet';
  if (Math.abs(grown) < LAG_GROWN_MIN) return 'steady';
  return grown > 0 ? 'growing' : 'shrinking';
}

function refitFacts(
  refit: { readonly pendingRows: number; readonly batchRows: number; readonly windowRows: number } | null,
  isActive: boolean,
): readonly string[] {
  if (refit === null) return [];
  const next = `next refit: ${countText(refit.pendingRows)} of ${counted(refit.batchRows, 'row')}`;
  return [isActive ? next : 'not active', `window of ${counted(refit.windowRows, 'row')}`];
}
