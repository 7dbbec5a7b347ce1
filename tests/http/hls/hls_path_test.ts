import { readHlsPath, ViewerPaths } from "../../../http/hls/hls_path.ts";
import { assertEquals } from "../../support/assert.ts";

const ID = "a".repeat(50);

Deno.test("ViewerPaths.read() finds the folder and the file that a path ends with", () => {
  const paths = new ViewerPaths();
  const segment = { kind: "media", name: { kind: "segment", number: 7 } } as const;
  assertEquals(paths.read(`/live/x/${ID}/media.m3u8`), { viewerId: ID, file: { kind: "playlist" } });
  assertEquals(paths.read(`/live/x/${ID}/s7.m4s`), { viewerId: ID, file: segment });
  // The same name again, in the folder of another viewer.
  assertEquals(paths.read(`/live/x/${ID}b/s7.m4s`), { viewerId: `${ID}b`, file: segment });
  assertEquals(paths.read(`/live/x/${ID}/p8.m4s`)?.file, {
    kind: "media",
    name: { kind: "part", number: 8 },
  });
});

Deno.test("ViewerPaths.read() leaves paths that no viewer can have", () => {
  const paths = new ViewerPaths();
  for (const path of ["/", "", "/live/x.m3u8", `/${ID}`, `/live/x/${ID}/`, `/live/x/${ID}/x.html`]) {
    assertEquals(paths.read(path), undefined, path);
  }
  assertEquals(paths.read(`/live/x/${ID.slice(1)}/s7.m4s`), undefined, "a folder that is too short");
  assertEquals(paths.read(`/live/x/${ID}/x.html`), undefined, "again");
});

Deno.test("readHlsPath() takes a folder for a viewer's only where it is one in form", () => {
  const [app, stream] = ["live", "x"];
  const file = { kind: "playlist" } as const;
  assertEquals(readHlsPath([app, stream, ID, "media.m3u8"]), { app, stream, viewerId: ID, file });
  assertEquals(readHlsPath([app, stream, `${ID}!`, "media.m3u8"]), {
    ...{ app: `${app}/${stream}/${ID}!`, stream: "media", viewerId: undefined, file: undefined },
  });
});
