/** Where recordings go, whatever the names of streams are. */
import { RECORD_PATH_VARIABLES } from "../../../core/mod.ts";
import { chosenPath, recordPath } from "../../../stream/record/path_template.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { RECORDED_AT } from "../../support/record/recorded_stream.ts";

const FACTS = { vhost: "v.example", app: "live/room", stream: "cam", wallMs: RECORDED_AT };

Deno.test("recordPath() fills in SRS's variables", () => {
  const dates = "[2006]/[01]/[02]/[15].[04].[05].[999]";
  assertEquals(recordPath(`/rec/[vhost]/${dates}-[app]/[stream].[duration].mp4`, FACTS), {
    path: "/rec/v.example/2026/05/04/03.02.01.007-live/room/cam.[duration].mp4",
    root: "/rec",
  });
  assertEquals(recordPath("./rec", FACTS), { path: `./rec/cam.${RECORDED_AT}.flv`, root: "./rec" });
  assertEquals(recordPath("[stream].flv", FACTS), { path: "cam.flv", root: "" });
});

Deno.test("recordPath() takes a name for no variable, not even for the duration", () => {
  const facts = { ...FACTS, app: "[stream]", stream: "cam[duration]" };
  assertEquals(recordPath("/rec/[app]/[stream].[duration].flv", facts), {
    path: "/rec/[stream]/cam(duration).[duration].flv",
    root: "/rec",
  });
});

Deno.test("recordPath() knows each variable that the configuration permits", () => {
  for (const name of RECORD_PATH_VARIABLES) {
    const made = recordPath(`/rec/[${name}].flv`, FACTS);
    assert("path" in made, name);
    assertEquals(made.path.includes("["), name === "duration");
  }
});

Deno.test("recordPath() takes no name that leads out of the folder, or could not be a file's", () => {
  const bad: readonly (readonly [Partial<typeof FACTS>, string])[] = [
    [{ stream: ".." }, 'has a part ".."'],
    [{ app: "live/../../etc" }, 'has a part ".."'],
    [{ app: "/etc" }, "has an empty part"],
    [{ app: "live//room" }, "has an empty part"],
    [{ app: "." }, 'has a part "."'],
    [{ stream: ".hidden" }, "has a part that begins with a dot"],
    [{ stream: "a\\b" }, "has a character that no file name should have"],
    [{ stream: "a\u0000" }, "has a character that no file name should have"],
    [{ stream: "é".repeat(120) }, "has a part of more than 239 bytes"],
  ];
  for (const [facts, problem] of bad) {
    assertEquals(recordPath("/rec/[app]/[stream]", { ...FACTS, ...facts }), { problem });
  }
});

Deno.test("recordPath() fills in no variable that is in a name", () => {
  const made = recordPath("/rec/[app]-[stream].flv", { ...FACTS, app: "[timestamp]", stream: "[vhost]" });
  assertEquals(made, { path: "/rec/[timestamp]-[vhost].flv", root: "/rec" });
});

Deno.test("chosenPath() stays below the folder of dvr_path, whatever the service chose", () => {
  const template = "./rec/[app]/[stream].flv";
  const facts = { ...FACTS, app: "live" };
  const made: readonly (readonly [string, unknown])[] = [
    ["vip/[stream].mp4", { path: "./rec/vip/cam.mp4", root: "./rec" }],
    ["./[app]/a.flv", { path: "./rec/live/a.flv", root: "./rec" }],
    ["vip", { path: `./rec/vip/cam.${RECORDED_AT}.flv`, root: "./rec" }],
    ["vip/2026.12.01", { path: `./rec/vip/2026.12.01/cam.${RECORDED_AT}.flv`, root: "./rec" }],
    ["../[stream].mp4", { problem: 'has a part ".."' }],
    ["vip/../../a.mp4", { problem: 'has a part ".."' }],
    ["vip/a.mkv", { problem: "ends in neither .flv nor .mp4" }],
    ["/etc/a.mp4", { problem: "is absolute: it begins in the folder of dvr_path" }],
    [".ssh/a.mp4", { problem: "has a part that begins with a dot" }],
  ];
  for (const [chosen, path] of made) assertEquals(chosenPath(chosen, template, facts), path, chosen);
});

Deno.test("recordPath() of a template whose folders are all variable stays absolute", () => {
  const facts = { ...FACTS, app: "live" };
  assertEquals(recordPath("/[app]/[stream].flv", facts), { path: "/live/cam.flv", root: "/" });
});
