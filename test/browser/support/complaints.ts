import type { Page } from 'playwright-core';

/**
 * What a browser complains of: errors and warnings on the console, among them whatever the Content-Security-Policy
 * stopped, exceptions that nobody caught, and requests that got no good answer.
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

  /** All until now; a scenario that takes the server away forgets those that this brings. */
  list(): readonly string[] {
    return [...this.all];
  }

  forget(): void {
    this.all.length = 0;
  }
}
