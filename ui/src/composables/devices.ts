// What a person types to set up a device. Pure; tested in flows.test.ts.

/** How the door for other programs is opened; what stands before it with TLS is reached by other machines. */
export const DOOR_COMMAND = 'tidegated run --listen 127.0.0.1:8787';

/** Whether a text can be a device's id: the rule of every id that people choose. */
export function isDeviceId(text: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,63}$/.test(text);
}

/** An address that a program listens on, and that no other machine can call by this name. */
const EVERYWHERE = /^(https?:\/\/)(0\.0\.0\.0|\[::\])(?=:|\/|$)/;

/** Where an agent reports to: the open door, or `ours` in place of an address that only a person knows. */
export function reportTo(door: string | null, ours: string): string {
  return door === null ? `https://${ours}` : door.replace(EVERYWHERE, `$1${ours}`);
}

/** Whether an agent would speak there without TLS. */
export function isPlain(place: string): boolean {
  return place.startsWith('http:');
}

/** What is run on the other machine, once, to make it hand in what it counts. */
export function agentCommand(place: string, code: string): string {
  return `tidegate-agent --report-to ${place} --code ${code}${isPlain(place) ? ' --allow-plain-http' : ''}`;
}
