/**
 * Every key of the schema, changed while a stream is published and played: the answer says when it takes effect, what is
 * in force is the new value, or the old one where a restart is needed, and the player's frames go on.
 *
 * @module
 */
import { SCHEMA } from "../../config/schema/schema.ts";
import { assertEquals } from "../support/assert.ts";
import {
  CA_CERT,
  CLIENT_CERT,
  SERVER_CERT,
  TLS_CLIENT_KEY,
  TLS_SERVER_KEY,
} from "../support/net/tls_fixtures.ts";
import { ReloadTrial, VHOST } from "../support/reload/reload_trial.ts";

const SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const URL = '"http://127.0.0.1:8085/hooks"';
const PORT_0 = '"127.0.0.1:0"';

/** Files that keys name. */
const FILES: Readonly<Record<string, string>> = {
  "cert.pem": SERVER_CERT,
  "key.pem": TLS_SERVER_KEY,
  "ca.pem": CA_CERT,
  "client.pem": CLIENT_CERT,
  "client.key": TLS_CLIENT_KEY,
  "cert2.pem": CLIENT_CERT,
  "key2.pem": TLS_CLIENT_KEY,
  "secrets": `${SECRET}\n`,
  "keys": "a-key-of-some-length-0123456789abcdef\n",
  "password": "a password of some length\n",
  "tokens": `grafana read ${"0".repeat(64)}\n`,
};

const CERTIFICATE = { cert: '"cert.pem"', key: '"key.pem"', listen: PORT_0 };
const OTHER_CERTIFICATE = { cert: '"cert2.pem"', key: '"key2.pem"' };

/** Of the test; keys for TLS make no sense without. */
const BEFORE: Readonly<Record<string, string>> = {
  ...section("rtmps", CERTIFICATE),
  ...section("http_api.https", CERTIFICATE),
  ...section("http_server.https", CERTIFICATE),
  "exporter.listen": PORT_0,
  trusted_proxies: '"192.0.2.1"',
};

/** Another value of each key, in the schema's words; changed together where one makes no sense without another. */
const CHANGES: readonly Readonly<Record<string, string>>[] = [
  { listen: `[${PORT_0}, "[::1]:0"]` },
  { max_connections: "500" },
  { trusted_proxies: '["192.0.2.1", "192.0.2.2"]' },
  { proxy_listen: PORT_0 },
  { chunk_size: "4096" },
  { server_id: '"another"' },
  { work_dir: '"/"' },
  { pid: '"srs.pid"' },
  { grace_final_wait: "1000" },
  { grace_drain: "5" },
  { reuse_port: "false" },
  { auto_reload: "true" },
  { workers: "3" },
  { utc_time: "true" },
  { srs_log_file: '"other.log"' },
  { srs_log_tank: '"file"' },
  { srs_log_tank: '"console"' },
  { srs_log_level: '"info"' },
  { srs_log_format: '"json"' },
  { log_stats_interval: "30" },
  ...["rtmps", "http_api.https", "http_server.https"].flatMap((name) => [
    section(name, OTHER_CERTIFICATE),
    section(name, { listen: `[${PORT_0}, "[::1]:0"]` }),
    section(name, { enabled: "false" }),
  ]),
  { "http_api.https.http2": "false" },
  { "http_server.https.http2": "false" },
  { "http_api.listen": `[${PORT_0}, "[::1]:0"]` },
  { "http_api.hosts": '"srs.example.com"' },
  { "http_api.max_auth_failures": "5" },
  { "http_api.crossdomain": "true" },
  { "http_api.events_kept": "50" },
  { "http_api.max_connections": "50" },
  { "http_api.head_timeout": "5" },
  { "http_api.idle_timeout": "5" },
  { "exporter.enabled": "true" },
  { "exporter.listen": `[${PORT_0}, "[::1]:0"]` },
  { "exporter.label": '"a"' },
  { "exporter.tag": '"b"' },
  { "exporter.max_streams": "10" },
  { "http_server.listen": `[${PORT_0}, "[::1]:0"]` },
  { "http_server.proxy_listen": PORT_0 },
  { "http_server.max_connections": "400" },
  { "http_server.head_timeout": "5" },
  { "http_server.idle_timeout": "5" },
  { "http_server.player": "false" },
  { "http_server.access_log": '"log"' },
  { "http_server.dir": '"."' },
  { "http_server.crossdomain": "false" },
  { "http_server.origins": '"https://tv.example.com"' },
  { "http_server.enabled": "false" },
  ...each("limits", {
    ...{
      handshake_timeout: "5",
      connect_timeout: "5",
      idle_timeout: "5",
      ping_interval: "30",
      ping_timeout: "30",
    },
    ...{ max_connections_per_ip: "400", max_publishers_per_vhost: "50", max_players_per_vhost: "50" },
    ...{ max_players_per_stream: "50", max_egress_kbps: "900000", redirect: '"rtmp://edge.example.com"' },
    ...{
      max_hls_viewers: "10",
      max_hls_bytes: '"2MiB"',
      max_commands_per_second: "60",
      max_starts_per_minute: "60",
    },
    ...{ max_reply_bytes: '"64KiB"', max_wrong_keys: "5", wrong_key_window: "60", wrong_key_delay: "1" },
    ...{
      wrong_key_max_delay: "5",
      max_held_bytes: '"32KiB"',
      max_lag_bytes: '"8MiB"',
      max_media_message: '"8MiB"',
    },
    ...{
      max_command_message: '"32KiB"',
      max_chunk_streams: "32",
      max_partial_bytes: '"8MiB"',
      min_chunk_size: "64",
    },
    ...{
      max_amf_depth: "8",
      max_amf_nodes: "2048",
      max_amf_string: '"64KiB"',
      max_aggregate_messages: "512",
    },
  }),
  ...each("hooks.outbox", {
    ...{ path: '"other.db"', required: "true", max_rows: "1000", max_bytes: '"1MiB"', max_age: "3600" },
  }),
  { "cluster.trusted": '"10.0.0.0/8"' },
  { "cluster.secret": '"a-secret-of-some-length-0123456789"' },
  { "cluster.secret": '""', "cluster.secret_file": '"keys"' },
  { "cluster.relay_allow": '"127.0.0.0/8"' },
  ...each(VHOST, {
    ...{
      chunk_size: "8192",
      in_ack_size: "100000",
      out_ack_size: "100000",
      tcp_nodelay: "false",
      min_latency: "false",
    },
    pull: '[{ url = "rtmp://127.0.0.1:1/live/x", app = "live", stream = "x", on_demand = true }]',
  }),
  ...each(`${VHOST}.play`, {
    ...{
      gop_cache: "false",
      gop_cache_max_frames: "100",
      queue_length: "5",
      mw_latency: "100",
      time_jitter: '"zero"',
    },
    ...{ atc: "true", tracks: '"first"', reduce_sequence_header: "true", send_timeout: "60" },
  }),
  ...each(`${VHOST}.publish`, {
    ...{ firstpkt_timeout: "30000", normal_timeout: "30000", kickoff_for_idle: "600", takeover: '"same_ip"' },
    ...{ takeover_after: "5", kick_hold: "5" },
  }),
  ...each(`${VHOST}.http_remux`, {
    ...{
      mount: '"[app]/[stream].flv"',
      has_audio: "false",
      guess_has_av: "false",
      drop_if_not_match: "false",
    },
    ...{ fast_cache: "5", missing: '"404"', missing_timeout: "30", enabled: "false" },
  }),
  { [`${VHOST}.http_remux.has_audio`]: "true", [`${VHOST}.http_remux.has_video`]: "false" },
  ...each(`${VHOST}.hls`, {
    ...{ hls_fragment: "3", hls_window: "20", hls_part: "0.3", hls_format: '"mpegts"', hls_dispose: "60" },
    ...{
      hls_bind_ip: "true",
      hls_always: "true",
      hls_path: '"hls"',
      hls_m3u8_file: '"[vhost]/[app]/[stream].m3u8"',
    },
    ...{ hls_ts_file: '"[vhost]/[app]/[stream]-[seq].ts"', hls_nb_notify: "32", hls_entry_prefix: '"/x"' },
    ...{ hls_cleanup: "false", hls_ctx: "false", enabled: "false" },
  }),
  ...each(`${VHOST}.dvr`, {
    ...{ dvr_plan: '"segment"', dvr_apply: '"live/other"', dvr_duration: "10", dvr_wait_keyframe: "false" },
    ...{ dvr_keep: '{ max_age = "1d" }', dvr_min_free: '"1MiB"', enabled: "true" },
    dvr_path: '"./objs/nginx/html/[vhost]/[app]/[stream].[timestamp].mp4"',
  }),
  { [`${VHOST}.cluster.origin`]: '"127.0.0.1:1"', [`${VHOST}.cluster.mode`]: '"remote"' },
  { [`${VHOST}.cluster.mode`]: '"local"', [`${VHOST}.cluster.token_traverse`]: "true" },
  ...each(`${VHOST}.cluster`, { balance: '"order"', linger: "5", vhost: '"x"', hooks: '"both"' }),
  { [`${VHOST}.forward.destination`]: '"127.0.0.1:1"' },
  { [`${VHOST}.forward.enabled`]: "true" },
  { [`${VHOST}.forward.enabled`]: "false" },
  { [`${VHOST}.forward.backend`]: URL },
  { [`${VHOST}.limits.max_egress_kbps`]: "800000" },
  { [`${VHOST}.limits.redirect`]: '"rtmp://edge.example.com"' },
  { [`${VHOST}.security.allow`]: '"play all"' },
  { [`${VHOST}.security.deny`]: '"publish 192.0.2.0/24"' },
  { [`${VHOST}.security.enabled`]: "true" },
  ...each(`${VHOST}.refer`, {
    all: '"a.example"',
    publish: '"b.example"',
    play: '"c.example"',
    enabled: "true",
  }),
  ...each(`${VHOST}.access`, {
    ...{ apps: '"live"', publish_keys: '"0123456789abcdef0123"', play_keys: '"0123456789abcdef0123"' },
    ...{ url_secrets: '"0123456789abcdef0123456789abcdef"', signed_publish: "true", signed_play: "true" },
    ...{ publish_keys_file: '"keys"', play_keys_file: '"keys"', url_secrets_file: '"keys"' },
  }),
  ...each(`${VHOST}.http_hooks`, {
    ...{ on_connect: URL, on_close: URL, on_publish: URL, on_unpublish: URL, on_play: URL, on_stop: URL },
    ...{ on_update: URL, on_hls: URL, on_hls_notify: URL, on_dvr: URL, enabled: "true", payload: '"6.0"' },
    ...{
      timeout: "3",
      ask_timeout: "6",
      on_error: '"allow"',
      last_ttl: "60",
      cache_ttl: "5",
      update_interval: "60",
    },
    ...{
      breaker_failures: "3",
      breaker_open: "5",
      max_concurrency: "32",
      secrets: `"${SECRET}"`,
      mode: '"shadow"',
    },
    ...{
      secrets_file: '"secrets"',
      headers: '{ a = "b" }',
      ca_cert: '"ca.pem"',
      proxy: '"http://127.0.0.1:3128"',
    },
  }),
  section(`${VHOST}.http_hooks`, { client_cert: '"client.pem"', client_key: '"client.key"' }),
  // Last: the test has no credentials.
  { "http_api.tokens_file": '"tokens"' },
];

/** Those that end the test's own clients, and have tests of their own. */
const ELSEWHERE = [
  ...["http_api.enabled", "http_api.tokens", "http_api.auth.enabled", "http_api.auth.username"],
  ...["http_api.auth.password", "http_api.auth.password_file", `${VHOST}.enabled`],
];

function section(name: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${name}.${key}`, value]));
}

function each(name: string, values: Readonly<Record<string, string>>): Record<string, string>[] {
  return Object.entries(values).map(([key, value]) => section(name, { [key]: value }));
}

const KEYS = SCHEMA.map(({ scope, path, when }) => ({
  key: scope === "vhost" ? `${VHOST}.${path}` : path,
  when,
}));

Deno.test("every key is changed by a test", () => {
  const changed = new Set([...CHANGES.flatMap((change) => Object.keys(change)), ...ELSEWHERE]);
  assertEquals(KEYS.map(({ key }) => key).filter((key) => !changed.has(key)), []);
});

for (const workers of [1, 2]) {
  Deno.test(`each key is changed with ${workers} workers while a stream plays`, async () => {
    await using trial = await ReloadTrial.start({ workers: `${workers}`, ...BEFORE }, FILES);
    const whens = new Map(KEYS.map(({ key, when }) => [key, when]));
    for (const change of CHANGES) {
      const reply = await trial.reload(change);
      assertEquals([reply.status, reply.problems], [200, []], JSON.stringify(change));
      for (const [key, value] of Object.entries(change)) {
        const when = whens.get(key);
        const listed = [...reply.changed, ...reply.restart].find((other) => other.key === key);
        assertEquals([key, listed?.when], [key, when], JSON.stringify(reply));
        const isIn = reply.restart.some((other) => other.key === key);
        assertEquals([key, isIn], [key, when === "restart"]);
        const [vhost, path] = key.startsWith(`${VHOST}.`)
          ? ["__defaultVhost__", key.slice(VHOST.length + 1)]
          : [null, key];
        if (listed === undefined || key === "http_api.tokens_file") continue;
        const inForce = await trial.inForce(vhost, path);
        assertEquals([key, inForce], [key, when === "restart" ? listed.from : listed.to], value);
      }
      if (whens.get(Object.keys(change)[0] ?? "") === "restart") await trial.reload(undone(change));
    }
    await trial.playsOn();
  });
}

function undone(change: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(change).map((key) => [key, BEFORE[key]]));
}
