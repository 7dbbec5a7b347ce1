/** What commands and metadata cost: `deno bench tests/rtmp/wire/`. */
import { Amf0Object, decodeAmf0, encodeAmf0 } from "../../../rtmp/wire/amf0.ts";
import { metadata } from "../../support/stream/media.ts";

const CONNECT = [
  "connect",
  1,
  Amf0Object.of({
    app: "live",
    type: "nonprivate",
    flashVer: "FMLE/3.0 (compatible; Lavf59.27.100)",
    tcUrl: "rtmp://127.0.0.1:19355/live",
  }),
];
const METADATA = ["@setDataFrame", "onMetaData", metadata()];

for (const [name, values] of [["connect", CONNECT], ["metadata", METADATA]] as const) {
  const encoded = encodeAmf0(values);
  Deno.bench(`decodeAmf0(): ${name}`, { group: "decode" }, () => {
    decodeAmf0(encoded);
  });
  Deno.bench(`encodeAmf0(): ${name}`, { group: "encode" }, () => {
    encodeAmf0(values);
  });
}
