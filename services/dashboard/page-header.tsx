import type { PageState } from './feed/page-state';
import { clockText } from './ui/format';
import './page-header.css';

const CONNECTION = { connecting: 'connecting', live: 'live', lost: 'connection lost' } as const;

/** The model's name, the state of the connection, and the server's message of the moment. */
export function PageHeader({ page }: { readonly page: PageState }) {
  const { pipeline, connection } = page;
  return (
    <header class="page-head">
      <div class="page-title">
        <Leaf />
        <h1>Alder</h1>
        {pipeline !== null && <code class="page-model">{pipeline.model}</code>}
        <span class={`connection connection-${connection}`} role="status">
          {CONNECTION[connection]}
        </span>
        <nav class="page-links" aria-label="More">
          <a href="docs">HTTP API</a>
          <a href="metrics">Metrics</a>
        </nav>
      </div>
      <p class="page-message">{pipeline?.message ?? 'Connecting to the server…'}</p>
      {connection === 'lost' && (
        <p class="page-lost" role="alert">
          The connection to the server was lost
          {page.lostAtMs === null ? '' : ` at ${clockText(page.lostAtMs)}`}, so this page shows the state of
          that time. The page reconnects by itself.
        </p>
      )}
    </header>
  );
}

function Leaf() {
  return (
    <svg class="page-leaf" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 2c7 4 10 9 10 14s-4 9-9 10v4h-2v-4c-5-1-9-5-9-10S9 6 16 2zm-1 22V17l-4-3 1-1.500 3 2V9h2v8l3-2 1 1.500-4 3v4.500z" />
    </svg>
  );
}
