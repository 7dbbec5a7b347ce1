/** What a connect storm costs in handshakes: `deno bench tests/rtmp/wire/`. */
import { ClientHandshake } from "../../../rtmp/wire/client_handshake.ts";
import { ServerHandshake } from "../../../rtmp/wire/server_handshake.ts";
import { bytes } from "../../support/bytes.ts";
import { realWireEnvironment } from "../../support/rtmp/wire_environment.ts";

const environment = realWireEnvironment();

for (const form of ["simple", "digest0", "digest1"] as const) {
  const c0c1 = new ClientHandshake(environment, { form }).takeOutput() ?? bytes();
  Deno.bench(`ServerHandshake: answer the ${form} form`, () => {
    const handshake = new ServerHandshake(environment);
    handshake.receive(c0c1);
    handshake.takeOutput();
  });
}
