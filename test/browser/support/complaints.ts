import type { Page } from 'playwright-core';

/**
 * The complaints of a browser: errors and warnings on the console, which include violations of the
 * Content-Security-Policy, uncaught exceptions, and responses with a status of 400 or above.
 */
export class Complaints {
  private readonly all: string[] = [];

  constructor(page: Page) {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.all.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.all.push(`not caught: ${error.message}`));
    page.on('response', (response) => {
      if (response.status() >= 400) this.all.push(`${response.status()}: ${response.url()}`);
    });
  }

  /** All complaints so far. */
  list(): readonly string[] {
    return [...this.all];
  }
}
