import { type TrainerReport, trainerReport } from '../../../shared/api/trainer-report';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import type { Log } from '../../../shared/runtime/log';

/** What a trainer said last of itself. */
export class TrainerLook {
  /** Null before the first report that can be read; the last one stays while the registry is away. */
  report: TrainerReport | null = null;
  private text: string | null = null;
  private hasWarned = false;

  constructor(
    private readonly registry: ModelRegistry,
    private readonly log: Log,
  ) {}

  /** Looks again. Throws `registry-unavailable`. */
  async look(): Promise<void> {
    const text = await this.registry.loadReport();
    if (text === this.text) return;
    this.text = text;
    this.report = text === null ? null : readReport(text);
    if (text === null || this.report !== null || this.hasWarned) return;
    this.hasWarned = true;
    this.log.warn('record-invalid', 'the trainer reports in a format that is not known here');
  }
}

function readReport(text: string): TrainerReport | null {
  try {
    return trainerReport.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // Not JSON, so no report that is known here.
    return null;
  }
}
