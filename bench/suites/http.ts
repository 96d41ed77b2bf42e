import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Contender, Figure, Missing, RatioFigure, SuiteOptions, Yardstick } from '../harness/figure';
import { pythonWithPeers } from '../harness/python';
import { numbersFrom } from '../harness/random';
import { AlderFolder } from '../yardsticks/http-alder';
import { CONNECTIONS, HttpLoad, type Measured, ROWS_PER_BODY } from '../yardsticks/http-measure';
import { openPages } from '../yardsticks/http-pages';
import { PINNING, ServerProcess } from '../yardsticks/http-processes';

const SEED = 1;
const PAGES = 20;
/** A version fitted on the first rows; the champion is fitted on all. */
const CHALLENGER = 1;
const ONE_ROW = '{"data":[5.1,3.5,1.4,0.2]}';

/** The cost of an HTTP prediction, compared with bare and common servers; servers and load run in separate processes. */
export async function* httpSuite(options: SuiteOptions): AsyncIterable<Figure> {
  const bench = new HttpBench(options);
  try {
    await bench.begin();
    yield* bench.againstBare();
    yield bench.againstUsual();
    yield bench.manyRows();
    yield await bench.withPages();
    yield await bench.withShadow();
    yield await bench.workers();
  } finally {
    await bench.close();
  }
}

class HttpBench {
  private readonly alder = new AlderFolder();
  private readonly load: HttpLoad;
  private readonly servers: ServerProcess[] = [];
  private readonly forMs: number;
  private ours: ServerProcess | null = null;
  private closePages: () => void = () => undefined;

  constructor(private readonly options: SuiteOptions) {
    this.forMs = options.isQuick ? 300 : 1_000;
    this.load = new HttpLoad(this.forMs);
  }

  async begin(): Promise<void> {
    this.options.tell('fitting Iris and starting servers');
    await this.alder.learn();
    this.ours = await this.add(this.alder.serve(1));
  }

  async *againstBare(): AsyncIterable<Figure> {
    const { port } = this.ours!;
    const length = (await this.answerTo(port, ONE_ROW)).length;
    const bare = await this.add(ServerProcess.yardstick('http-bare.ts', String(length)));
    const name = `bare node:http, a constant of ${length} bytes`;
    const figure = (
      what: string,
      unit: string,
      isLowerBetter: boolean,
      target: number,
      of: (measured: Measured) => number,
    ) =>
      this.figure(what, unit, isLowerBetter, this.contender('alder serve', this.ours!, ONE_ROW, of), [
        { target, ...this.contender(name, bare, ONE_ROW, of) },
      ]);
    yield figure('http, one row', 'requests/s', false, 0.95, ({ perSecond }) => perSecond);
    yield figure('http, one row, p99', 'ms', true, 0.83, ({ p99Ms }) => p99Ms);
    // The server's CPU time is independent of other processes on a busy machine, unlike wall time.
    if (bare.cpuMs() > 0)
      yield figure('http, one row, CPU', 'µs a request', true, 0.95, ({ cpuMicros }) => cpuMicros);
  }

  againstUsual(): Figure {
    const perSecond = ({ perSecond }: Measured) => perSecond;
    const express = ServerProcess.yardstick('http-express.ts');
    return this.figure(
      'http, one row',
      'requests/s',
      false,
      this.contender('alder serve', this.ours!, ONE_ROW, perSecond),
      [
        {
          target: 6,
          ...this.contender('Express 5 with express.json()', this.add(express), ONE_ROW, perSecond),
        },
        this.python('web_flask.py', "Flask's development server + scikit-learn", 30),
        this.python('web_fastapi.py', 'FastAPI + uvicorn + scikit-learn', 12),
      ],
    );
  }

  manyRows(): Figure {
    const draw = numbersFrom(SEED);
    const rows = Array.from({ length: ROWS_PER_BODY }, () =>
      [7, 4, 6, 2.5].map((most) => Math.round(most * draw() * 10) / 10),
    );
    const body = JSON.stringify({ data: rows });
    const rowsPerSecond = ({ perSecond }: Measured) => perSecond * ROWS_PER_BODY;
    const parse = this.add(ServerProcess.yardstick('http-parse.ts'));
    return this.figure(
      `http, ${ROWS_PER_BODY} rows a body`,
      'rows/s',
      false,
      this.contender('alder serve', this.ours!, body, rowsPerSecond),
      [
        {
          target: 1.5,
          ...this.contender('bare node:http, JSON.parse, the same tree', parse, body, rowsPerSecond),
        },
      ],
    );
  }

  /** Open dashboard pages must not slow predictions. */
  async withPages(): Promise<Figure> {
    const watched = await this.add(this.alder.serve(1));
    this.closePages = await openPages(watched.port, PAGES);
    return this.besideOurs(`http, one row, ${PAGES} pages open`, `with ${PAGES} pages open`, watched, 0.95);
  }

  async withShadow(): Promise<Figure> {
    await this.alder.challenge(CHALLENGER);
    const shadowed = await this.add(this.alder.serve(1, undefined, { ALDER_SHADOW: 'challenger' }));
    return this.besideOurs('http, one row, a challenger in shadow', 'with a shadow', shadowed, 0.9);
  }

  private besideOurs(what: string, name: string, server: ServerProcess, target: number): Figure {
    const cpu = ({ cpuMicros }: Measured) => cpuMicros;
    const perSecond = ({ perSecond }: Measured) => perSecond;
    // The cost is a few percent, which wall time on a shared machine cannot show, so CPU time is used when it is available.
    const [unit, isLower, of] =
      server.cpuMs() > 0
        ? (['µs of CPU a request', true, cpu] as const)
        : (['requests/s', false, perSecond] as const);
    const alone = this.contender('alder serve alone', this.ours!, ONE_ROW, of);
    return this.figure(what, unit, isLower, this.contender(name, server, ONE_ROW, of), [
      { target, ...alone },
    ]);
  }

  /** Requests per second when each worker has its own core, else the CPU time of one answer over all workers. */
  async workers(): Promise<Figure> {
    const spare = Math.min(4, cpus().length - 1);
    const count = Math.max(2, spare);
    const several = await this.add(this.alder.serve(count, spare >= 2 ? `0,2-${count}` : '0'));
    const ours = this.contender(`${count} workers`, several, ONE_ROW, this.perCoreOf(spare));
    const one = this.contender('one process', this.ours!, ONE_ROW, this.perCoreOf(spare));
    const unit = spare >= 2 ? 'requests/s' : 'requests per second of CPU';
    const target = spare >= 2 ? 1 + 0.85 * (count - 1) : 0.85;
    return this.figure('http, alder serve --workers', unit, false, ours, [{ target, ...one }]);
  }

  async close(): Promise<void> {
    this.closePages();
    await Promise.all(this.servers.map((server) => server.end()));
    this.load.end();
    this.alder.remove();
  }

  private perCoreOf(spareCores: number): (measured: Measured) => number {
    return ({ perSecond, cpuMicros }) => (spareCores >= 2 ? perSecond : 1e6 / cpuMicros);
  }

  private python(script: string, name: string, target: number): Yardstick | Missing {
    const found = pythonWithPeers(this.options.tell);
    if ('missing' in found) return { name, target, missing: found.missing };
    const file = join(__dirname, '..', 'python', script);
    const server = this.add(ServerProcess.start([found.python, '-u', file]));
    return { target, ...this.contender(name, server, ONE_ROW, ({ perSecond }) => perSecond) };
  }

  /** Servers stay up for all rounds, so that their start is not measured. */
  private async add(starting: Promise<ServerProcess>): Promise<ServerProcess> {
    const server = await starting;
    this.servers.push(server);
    return server;
  }

  private contender(
    name: string,
    server: ServerProcess | Promise<ServerProcess>,
    body: string,
    of: (measured: Measured) => number,
  ): Contender {
    return { name, run: async () => of(await this.load.measure(await server, body)) };
  }

  private async answerTo(port: number, body: string): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${port}/serve_decision_tree`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    if (answer.status !== 200) throw new Error(`alder serve answers ${answer.status}`);
    return answer.text();
  }

  private figure(
    name: string,
    unit: string,
    isLowerBetter: boolean,
    ours: Contender,
    yardsticks: readonly (Yardstick | Missing)[],
  ): RatioFigure {
    const conditions = `${CONNECTIONS} connections, ${this.forMs} ms a round, ${PINNING}`;
    const { rounds } = this.options;
    return { kind: 'ratio', name, conditions, unit, isLowerBetter, rounds, ours, yardsticks };
  }
}
