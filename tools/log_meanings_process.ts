/**
 * Meanings of log messages about the process as a whole: its start and end, and what comes in its place.
 *
 * @module
 */

/** Meanings by message, for docs/LOGS.md. */
export const PROCESS_MEANINGS: readonly (readonly [string, string])[] = [
  ["Stopping", "A signal came, or a drain is over; connections end, and their events are delivered"],
  [
    "Draining",
    "SIGQUIT came, or the API was asked: nobody more is accepted, and clients may stay for grace_ms",
  ],
  ["Still draining", "How many clients are left; every ten seconds"],
  ["Drained", "The last client has gone: the process ends"],
  ["Clients left after grace_drain", "Those that are left are ended, and the process with them"],
  ["Cannot count the clients that are left", "A media thread did not answer; it is tried again"],
  [
    "HLS is not written to disk while another process does",
    "hls_path belongs to another process, such as one that is taken over from and drains; it is tried each second",
  ],
  ["HLS is written to disk from here on", "The other process has ended"],
  [
    "Cannot notify the service manager",
    "NOTIFY_SOCKET of systemd cannot be reached; the server goes on. An abstract name, with @, needs Deno 2.9",
  ],
  [
    "Bans cannot be changed",
    "objs/srs.bans.json cannot be written; error says why. The client got status 503",
  ],
  ["Took over", "The process that served before drains; pid and version are its own"],
  [
    "The process that was taken over did not answer: see whether it has ended",
    "This process serves. The other one has ended, or has not said that it drains",
  ],
  ["No other process can take over", "The socket next to the pid file cannot be used; error says why"],
  [
    "A process did not take over",
    "One had begun to, by srs --takeover, and did not come to serve; error says why. This process serves on",
  ],
  ["Stopping at once: a second signal came", "The stop does not wait any longer"],
  ["Stopped", "The last line: how long the stop took, and how many events it left undelivered"],
  ["Started", "The process is ready; pid is the one to send signals to"],
];
