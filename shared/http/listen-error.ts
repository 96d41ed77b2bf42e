import { AlderError } from '../errors';

/** macOS answers on these itself, which surprises everybody who starts a server there. */
const AIRPLAY_PORTS = new Set([5_000, 7_000]);
const PORT_MAX = 65_535;

/** Why a server could not listen: `port-taken` with another port to try, or `setting-invalid`. */
export function listenError(
  error: NodeJS.ErrnoException,
  host: string,
  port: number,
  portVariable: string,
  platform: NodeJS.Platform = process.platform,
): AlderError {
  if (error.code !== 'EADDRINUSE') {
    return new AlderError(
      'setting-invalid',
      `cannot listen on ${host}, port ${port}: ${error.code ?? error.message}`,
      {
        cause: error,
      },
    );
  }
  const other = port + 50 <= PORT_MAX ? port + 50 : port - 50;
  const airplay =
    platform === 'darwin' && AIRPLAY_PORTS.has(port)
      ? '. On macOS this is most likely the AirPlay receiver: System Settings, General, AirDrop & Handoff turns it off'
      : '';
  return new AlderError(
    'port-taken',
    `port ${port} is taken; try ${portVariable}=${other} npm start${airplay}`,
    {
      cause: error,
    },
  );
}
