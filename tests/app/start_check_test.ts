/**
 * `srs -t` and a start agree: what one refuses the other refuses too, with the key and its line.
 *
 * @module
 */
import { CLIENT_CERT, TLS_SERVER_KEY } from "../support/net/tls_fixtures.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { QUIET_TOML, runSrsIn, ServerProcess } from "../support/process/server_process.ts";

const HOOKS = '[vhost.__defaultVhost__.http_hooks]\nenabled = true\non_publish = "http://127.0.0.1:8085/"\n';
const BROKEN_PEM = "-----BEGIN CERTIFICATE-----\nabcd\n-----END CERTIFICATE-----\n";

interface Case {
  readonly name: string;
  /** Before `QUIET_TOML`, which ends in `[hooks.outbox]`. */
  readonly top?: string;
  /** Behind it. */
  readonly end?: string;
  /** Instead of both. */
  readonly whole?: string;
  /** Key and message; `undefined` where both start. */
  readonly problem?: string;
}

const CASES: readonly Case[] = [
  { name: "the built-in values" },
  { name: "a work_dir", top: 'work_dir = "directory"\npid = "new/srs.pid"\n' },
  { name: "no such work_dir", top: 'work_dir = "none"\n', problem: "1: work_dir: Cannot work in none" },
  { name: "a file as work_dir", top: 'work_dir = "file"\n', problem: "1: work_dir: Cannot work in file" },
  { name: "a directory as pid", top: 'pid = "directory"\n', problem: "1: pid: Cannot write directory" },
  { name: "a pid below a file", top: 'pid = "file/srs.pid"\n', problem: "1: pid: Cannot write file/srs.pid" },
  {
    name: "a log file below a file",
    top: 'srs_log_tank = "file"\nsrs_log_file = "file/a/srs.log"\n',
    problem: "2: srs_log_file: Cannot write file/a/srs.log",
  },
  { name: "a log file that is not written", top: 'srs_log_file = "file/srs.log"\n' },
  {
    name: "a log file that is a directory",
    top: 'srs_log_tank = "file"\nsrs_log_file = "directory"\n',
    problem: "2: srs_log_file: Cannot write directory",
  },
  {
    name: "a file in a directory that nobody may write to",
    top: 'pid = "/proc/srs.pid"\n',
    problem: "1: pid: Cannot write /proc/srs.pid",
  },
  {
    name: "two listeners of one port, IPv4 and [::]",
    whole: 'listen = "1935 [::]:1935"\n',
    problem: "1: listen: Cannot listen on both [::]:1935 and 0.0.0.0:1935",
  },
  {
    name: "a network of IPv4 and IPv6 addresses",
    whole: `${QUIET_TOML}[vhost.a.security]\nenabled = true\nallow = ["play ::ffff:10.0.0.0/90"]\n`,
    problem: 'vhost.a.security.allow: "play ::ffff:10.0.0.0/90" is not "publish" or "play" and an address',
  },
  {
    name: "RTMP and the API at one address",
    whole: 'listen = "127.0.0.1:19351"\n[http_api]\nlisten = "[::]:19351"\n',
    problem: "3: http_api.listen: Cannot listen on [::]:19351",
  },
  {
    name: "one file for pid and log",
    top: 'pid = "x"\nsrs_log_tank = "file"\nsrs_log_file = "./x"\n',
    problem: "3: srs_log_file: pid names the same file",
  },
  {
    name: "no such ca_cert",
    end: `${HOOKS}ca_cert = "none.pem"\n`,
    problem: "http_hooks.ca_cert: Cannot read none.pem",
  },
  {
    name: "a ca_cert without PEM",
    end: `${HOOKS}ca_cert = "file"\n`,
    problem: "http_hooks.ca_cert: file is not a PEM file",
  },
  {
    name: "an outbox below a file that is not required",
    whole: `${QUIET_TOML.replace('path = ""', 'path = "file/outbox.db"')}${HOOKS}`,
  },
  {
    name: "an outbox below a file",
    whole: `${QUIET_TOML.replace('path = ""', 'path = "file/outbox.db"\nrequired = true')}${HOOKS}`,
    problem: "hooks.outbox.path: Cannot write file/outbox.db",
  },
  {
    name: "a broken ca_cert",
    end: `${HOOKS}ca_cert = "broken.pem"\n`,
    problem: "http_hooks.ca_cert: Cannot be used",
  },
  {
    name: "a broken client_cert",
    end: `${HOOKS}client_cert = "broken.pem"\nclient_key = "broken.pem"\n`,
    problem: "http_hooks.client_cert: Cannot be used",
  },
  {
    name: "a client_cert with the key of another",
    end: `${HOOKS}client_cert = "cert.pem"\nclient_key = "other-key.pem"\n`,
    problem:
      "http_hooks.client_cert: Cannot be used: The key in client_key does not belong to the certificate",
  },
];

for (const { name, top = "", end = "", whole, problem } of CASES) {
  Deno.test(`srs -t and a start agree about ${name}`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
    try {
      await Deno.mkdir(`${directory}/directory`);
      await Deno.writeTextFile(`${directory}/file`, "text\n");
      await Deno.writeTextFile(`${directory}/broken.pem`, BROKEN_PEM);
      await Deno.writeTextFile(`${directory}/cert.pem`, CLIENT_CERT);
      await Deno.writeTextFile(`${directory}/other-key.pem`, TLS_SERVER_KEY);
      const toml = whole ?? `${top}${QUIET_TOML}${end}`;
      await Deno.writeTextFile(`${directory}/srs.toml`, toml);
      const { code, stderr } = await runSrsIn(directory, ["-t", "-c", "srs.toml"]);
      const started = await start(directory, toml);
      if (problem === undefined) {
        assertEquals([code, stderr, started], [0, "", undefined]);
      } else {
        assertEquals(code, 1);
        assertStringIncludes(stderr, problem);
        assert(started !== undefined, "the server started");
        assertStringIncludes(started, problem);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

/** Starts a server and stops it; what it printed when it does not start. */
async function start(directory: string, toml: string): Promise<string | undefined> {
  try {
    const server = await ServerProcess.start({ directory, toml });
    await server.stop();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

Deno.test("srs -t and a start warn of a folder that nothing can be recorded in, once", async () => {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    await Deno.writeTextFile(`${directory}/file`, "text\n");
    const dvr = (name: string, path: string) =>
      `[vhost.${name}.dvr]\nenabled = true\ndvr_path = "${path}/[app]/[stream].flv"\n`;
    const good = dvr("c", "./new/folder") + dvr("d", "./file").replace("true", "false");
    const toml = `${QUIET_TOML}${dvr("a", "./file/rec")}${dvr("b", "./file/rec")}${good}`;
    await Deno.writeTextFile(`${directory}/srs.toml`, toml);
    const { code, stdout, stderr } = await runSrsIn(directory, ["-t", "-c", "srs.toml"]);
    assertEquals(code, 0);
    assertMatch(stdout, /is good, 1 warning\n/);
    const warning =
      /vhost\.a\.dvr\.dvr_path: Cannot record below \.\/file\/rec: \S+\/file is not a directory/;
    assertMatch(stderr, warning);
    assertEquals(stderr.match(/Cannot record/g)?.length, 1);
    await using server = await ServerProcess.start({ directory, toml });
    await server.waitForLine(warning);
    await assertRejects(() => Deno.stat(`${directory}/new`), Deno.errors.NotFound);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
