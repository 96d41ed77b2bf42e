import { useCallback, useState } from 'preact/hooks';
import { AccuracySection } from './accuracy/accuracy-section';
import { usePage } from './feed/event-feed';
import { PageHeader } from './page-header';
import { PipelineSection } from './pipeline/pipeline-section';
import { RejectedSection } from './rejected/rejected-section';
import { TreeSection } from './tree/tree-section';
import type { DecisionPath } from './try-it/prediction';
import { TryItSection } from './try-it/try-it-section';
import { VersionsSection } from './versions/versions-section';

/** The whole page: one column on a phone, two columns on a wide screen. */
export function Page() {
  const page = usePage();
  const [chosen, choose] = useState<number | null>(null);
  const [path, setPath] = useState<DecisionPath | null>(null);
  const { pipeline, versions, journal } = page;
  const model = pipeline?.model ?? '';
  const champion = pipeline?.aliases.champion?.version ?? null;
  // Until a person chooses a version, the page shows the tree of the current champion.
  const shown = chosen ?? champion;
  const report = pipeline?.trainer.report ?? null;
  // Choosing the champion means following it, so a later champion replaces the tree.
  const show = useCallback((version: number) => choose(version === champion ? null : version), [champion]);
  return (
    <div class="page">
      <PageHeader page={page} />
      <main class="page-main">
        <div class="page-wide">
          <PipelineSection page={page} />
        </div>
        <div class="page-column">
          <AccuracySection versions={versions} />
          <RejectedSection report={report} />
        </div>
        <TryItSection
          model={model}
          features={report?.features ?? []}
          champion={champion}
          shown={chosen}
          onPath={setPath}
        />
        <div class="page-wide">
          <TreeSection
            model={model}
            shown={shown}
            versions={versions}
            champion={champion}
            path={path}
            onShow={show}
          />
        </div>
        <div class="page-wide">
          <VersionsSection
            model={model}
            versions={versions}
            aliases={pipeline?.aliases ?? {}}
            previousChampion={pipeline?.previousChampion ?? null}
            latest={pipeline?.latest ?? null}
            journal={journal}
            shown={shown}
            onShow={show}
          />
        </div>
      </main>
    </div>
  );
}
