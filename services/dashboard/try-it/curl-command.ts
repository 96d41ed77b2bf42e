/** The same call for a terminal; `body` and `url` are quoted for a POSIX shell. */
export function curlCommand(url: string, body: string): string {
  return `curl -H 'Content-Type: application/json' \\\n  -d ${quoted(body)} \\\n  ${quoted(url)}`;
}

/** Within single quotes a shell reads everything as it stands, but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
