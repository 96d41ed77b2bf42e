import type { ComponentChildren } from 'preact';
import './section.css';

interface SectionProps {
  readonly title: string;
  /** Of the heading; the section is named by it. */
  readonly id: string;
  /** Beside the heading: a figure or a control. */
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
