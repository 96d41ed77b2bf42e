import type { ComponentChildren } from 'preact';
import './section.css';

interface SectionProps {
  readonly title: string;
  /** The id of the heading, which names the section for screen readers. */
  readonly id: string;
  /** A figure or a control beside the heading. */
  readonly note?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** One card of the page. */
export function Section({ title, id, note, children }: SectionProps) {
  return (
    <section class="card" aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <div class="card-note">{note}</div>}
      </header>
      {children}
    </section>
  );
}
