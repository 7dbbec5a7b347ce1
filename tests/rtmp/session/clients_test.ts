/**
 * What real clients say, command by command, and what each has to get. Media is elsewhere: a session only
 * passes it on.
 *
 * @module
 */
import { Amf0EcmaArray } from "../../../rtmp/wire/amf0.ts";
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { RejectionCode } from "../../../rtmp/session/rejection.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import {
  audio,
  command,
  control,
  data,
  SessionScript,
  statusLine,
  video,
} from "../../support/rtmp/session_script.ts";
import { accept, connectAs, kinds, ON_FC_PUBLISH, PUBLISH_START } from "./support.ts";

const UNPUBLISHED = [
  'onFCUnpublish(0, null, {code: "NetStream.Unpublish.Success", description: "Stop publishing stream."}) on 1',
  "_result(7, null, undefined) on 0",
  statusLine("status", "NetStream.Unpublish.Success", "Stream is now unpublished"),
];

const METADATA = data("@setDataFrame", "onMetaData", Amf0EcmaArray.of({ width: 1280, height: 720 }));

Deno.test("OBS publishes, and stops", () => {
  const script = new SessionScript();
  accept(
    script,
    control({ kind: "setChunkSize", chunkSize: 4096 }),
    connectAs({
      app: "live",
      type: "nonprivate",
      flashVer: "FMLE/3.0 (compatible; FMSc/1.0)",
      swfUrl: "rtmp://h/live",
      tcUrl: "rtmp://h/live",
    }),
  );
  const replies = script.sent();
  // The chunk size has to be known before the first reply above 128 bytes.
  const largest = replies.findIndex((line) => line.startsWith("_result"));
  assert(replies.indexOf("setChunkSize 60000") >= 0 && replies.indexOf("setChunkSize 60000") < largest);
  assertEquals(replies.at(-1), "onBWDone(0, null) on 0");

  script.receive(
    control({ kind: "windowAcknowledgementSize", windowSize: 2_500_000 }),
    command("releaseStream", 2, null, "key"),
    command("FCPublish", 3, null, "key"),
    command("createStream", 4, null),
    command("_checkbw", 5, null),
  );
  assertEquals(script.sent(), [
    "_result(2, null, undefined) on 0",
    "_result(3, null, undefined) on 0",
    "_result(4, null, 1) on 0",
    "_result(5, null, null) on 0",
  ]);
  accept(script, command("publish", 6, null, "key", "live"));
  assertEquals(script.sent(), [ON_FC_PUBLISH, PUBLISH_START]);
  assertEquals(
    kinds(script, METADATA, audio(), video(), control({ kind: "acknowledgement", sequenceNumber: 250_000 })),
    ["media", "media", "media"],
  );
  assertEquals(
    kinds(script, command("FCUnpublish", 7, null, "key"), command("deleteStream", 8, null, 1)),
    ["publishEnded"],
  );
  assertEquals(script.sent(), UNPUBLISHED);
});

for (const code of [RejectionCode.PublishRejected, RejectionCode.PublishBadName]) {
  Deno.test(`OBS is refused with ${code}, which makes it stop and show the reason`, () => {
    const script = SessionScript.connected();
    const requestId = script.request(
      command("releaseStream", 2, null, "key"),
      command("FCPublish", 3, null, "key"),
      command("createStream", 4, null),
      command("publish", 6, null, "key", "live"),
    );
    script.sent();
    script.session.reject(requestId, { code, description: "Token expired" });
    // Nothing that says "started" comes first.
    assertEquals(script.sent(), [statusLine("error", code, "Token expired")]);
    assert(script.session.isClosing);
  });
}

Deno.test("OBS is refused at connect with a description that asks for credentials", () => {
  const script = new SessionScript();
  const requestId = script.request(connectAs({ app: "live", tcUrl: "rtmp://h/live" }));
  const description = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : ";
  script.session.reject(requestId, { code: RejectionCode.ConnectRejected, description });
  const [chunkSize, error] = script.sent();
  assertEquals(chunkSize, "setChunkSize 4096");
  assertStringIncludes(error ?? "", `description: "${description}"`);
});

for (const verdict of ["accept", "reject"] as const) {
  Deno.test(`OBS and large replies: no reply is cut in two when connect is answered with ${verdict}`, () => {
    const { session } = new SessionScript();
    session.receive([connectAs({ app: "live", tcUrl: "rtmp://h/live" })]);
    if (verdict === "accept") session.accept(1, { data: { srs_server: "x".repeat(200) } });
    else session.reject(1, { code: RejectionCode.ConnectRejected, description: "x".repeat(1000) });
    const output = session.takeOutput() ?? new Uint8Array();
    // One byte of basic header, eleven of message header; a chunk size is obeyed and not given out.
    const setChunkSize = 12 + 4;
    const replies = new ChunkDecoder().decode(output).reduce(
      (sum, { payload }) => sum + 12 + payload.length,
      0,
    );
    assert(output.length > 400);
    assertEquals(output.length, setChunkSize + replies);
  });
}

Deno.test("FFmpeg publishes, and stops", () => {
  const script = new SessionScript();
  accept(
    script,
    control({ kind: "setChunkSize", chunkSize: 4096 }),
    connectAs({
      app: "live",
      type: "nonprivate",
      flashVer: "FMLE/3.0 (compatible; Lavf59.27.100)",
      tcUrl: "rtmp://h:1935/live",
    }),
  );
  script.sent();
  script.receive(
    command("releaseStream", 2, null, "x"),
    command("FCPublish", 3, null, "x"),
    command("createStream", 4, null),
    command("_checkbw", 5, null),
  );
  assertEquals(script.sent().length, 4);
  accept(script, command("publish", 6, null, "x", "live"));
  assertEquals(script.sent(), [ON_FC_PUBLISH, PUBLISH_START]);
  assertEquals(kinds(script, METADATA, audio(), video()), ["media", "media", "media"]);
  assertEquals(
    kinds(script, command("FCUnpublish", 7, null, "x"), command("deleteStream", 8, null, 1)),
    ["publishEnded"],
  );
});

Deno.test("FMLE publishes, gets a result for each call and onFCPublish, and publishes again", () => {
  const script = SessionScript.connected();
  script.receive(command("releaseStream", 2, null, "x"));
  assertEquals(script.sent(), ["_result(2, null, undefined) on 0"]);
  script.receive(command("FCPublish", 3, null, "x"));
  assertEquals(script.sent(), ["_result(3, null, undefined) on 0"]);
  script.receive(command("createStream", 4, null));
  assertEquals(script.sent(), ["_result(4, null, 1) on 0"]);
  accept(script, command("publish", 5, null, "x", "live"));
  assertEquals(script.sent(), [ON_FC_PUBLISH, PUBLISH_START]);
  assertEquals(kinds(script, METADATA, video(), command("FCUnpublish", 7, null, "x")), [
    "media",
    "media",
    "publishEnded",
  ]);
  assertEquals(script.sent(), UNPUBLISHED);
  script.receive(command("releaseStream", 8, null, "x"), command("FCPublish", 9, null, "x"));
  script.sent();
  accept(script, command("createStream", 10, null), command("publish", 11, null, "x", "live"));
  assertEquals(script.sent(), ["_result(10, null, 1) on 0", ON_FC_PUBLISH, PUBLISH_START]);
});

Deno.test("Flash publishes without FCPublish, and late FMLE commands do not end it", () => {
  const script = SessionScript.connected();
  accept(script, command("createStream", 2, null), command("publish", 0, null, "x", "live"));
  assertEquals(script.sent(), ["_result(2, null, 1) on 0", PUBLISH_START]);
  const late = [
    command("releaseStream", 3, null, "x"),
    command("FCPublish", 4, null, "x"),
    command("createStream", 5, null),
  ];
  assertEquals(kinds(script, video(), ...late, video()), ["media", "media"]);
  assertEquals(kinds(script, command("closeStream", 0, null), command("deleteStream", 0, null, 1)), [
    "publishEnded",
  ]);
});
