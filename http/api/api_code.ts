/**
 * The numbers in `code`: SRS's where SRS has the case.
 *
 * @module
 */

/** What `code` says. 0 is yes; a number never changes its meaning. */
export const ApiCode = {
  /** Done. */
  Ok: 0,
  /** The server did not answer itself in time, or failed. */
  System: 1000,
  /** The server does not want clients now. */
  NotReady: 1001,
  /** No vhost of this id. */
  VhostNotFound: 2014,
  /** No stream of this id. */
  StreamNotFound: 2048,
  /** No client of this id. */
  ClientNotFound: 2049,
  /** Nothing is served at this path. */
  NoSuchPath: 4900,
  /** The path is there, the method is not. */
  NoSuchMethod: 4901,
  /** Called by a name that is not known to be this server's. */
  ForeignHost: 4902,
  /** Sent by a page of another site. */
  ForeignOrigin: 4903,
  /** A parameter has a value that it cannot have. */
  BadParameter: 4904,
  /** The list that a page was asked of is not kept any more. */
  SnapshotGone: 4905,
  /** The body is not what the route takes. */
  BadBody: 4906,
  /** No ban of this id. */
  BanNotFound: 4907,
  /** There are as many bans as there may be. */
  TooManyBans: 4908,
  /** Credentials are needed, or wrong. */
  Unauthorized: 4909,
  /** The credentials do not permit it. */
  NotPermitted: 4910,
  /** Too many wrong credentials came from this address. */
  TooManyFailures: 4911,
  /** No dead event of this id. */
  HookRowNotFound: 4912,
  /** The outbox cannot be read or written. */
  OutboxUnusable: 4913,
  /** No recording of this id. */
  RecordingNotFound: 4914,
  /** The recording is being written, or cannot be stopped from here. */
  RecordingRuns: 4915,
  /** The file of the recording is gone. */
  RecordingFileGone: 4916,
  /** The stream has no forward of this id. */
  ForwardNotFound: 4917,
  /** The stream cannot be brought to this target. */
  ForwardRefused: 4918,
  /** No pull of this id. */
  PullNotFound: 4919,
  /** The stream cannot be pulled from there, or the pull cannot be ended. */
  PullRefused: 4920,
  /** The configuration has problems. */
  ConfigurationRefused: 4921,
} as const;

/** One of {@link ApiCode}. */
export type ApiCodeNumber = typeof ApiCode[keyof typeof ApiCode];
