/**
 * The handshakes of both sides. RTMP 1.0 §5.2 and Adobe's digests.
 *
 * @module
 */
import { ClientHandshake, type ClientHandshakeOptions } from "../../../rtmp/wire/client_handshake.ts";
import { type Handshake, OPENING_BYTES, PACKET_BYTES } from "../../../rtmp/wire/handshake.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { ServerHandshake } from "../../../rtmp/wire/server_handshake.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { fixedWireEnvironment } from "../../support/rtmp/wire_environment.ts";
import { type Corpus, cutCase } from "../mutator.ts";
import { corpusOf, HANDSHAKE_BYTES, type Recordings } from "../recordings.ts";
import { attempt, type FuzzTarget } from "../target.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const FORMS = ["simple", "digest0", "digest1"] as const;

/** What a handshake did with all pieces. */
interface Course {
  readonly done: boolean;
  readonly output: readonly number[];
  readonly taken: number;
  readonly refused: number | undefined;
}

function course(handshake: Handshake, pieces: readonly Bytes[]): Course {
  const output: number[] = [...handshake.takeOutput() ?? []];
  let taken = 0;
  let refused: number | undefined;
  for (const piece of pieces) {
    if (handshake.done) break;
    const result = attempt(ProtocolError, () => handshake.receive(piece));
    if ("refused" in result) {
      refused = result.refused.code;
      break;
    }
    assert(result.value <= piece.length, "took more bytes than there were");
    assert(result.value === piece.length || handshake.done, "left bytes without being done");
    taken += result.value;
    output.push(...handshake.takeOutput() ?? []);
  }
  return { done: handshake.done, output, taken, refused };
}

/** A client's opening and response, and what the server said to it. */
function exchange(form: NonNullable<ClientHandshakeOptions["form"]>): { client: Bytes; server: Bytes } {
  const client = new ClientHandshake(fixedWireEnvironment(), { form });
  const server = new ServerHandshake(fixedWireEnvironment(1000));
  const opening = client.takeOutput() ?? new Uint8Array(0);
  server.receive(opening);
  const answer = server.takeOutput() ?? new Uint8Array(0);
  client.receive(answer);
  const response = client.takeOutput() ?? new Uint8Array(0);
  return { client: Uint8Array.from([...opening, ...response]), server: answer };
}

function target(name: string, corpus: Corpus, make: (chance: number) => Handshake): FuzzTarget {
  return {
    name,
    corpus,
    testCases: 600,
    run(input, random) {
      const chance = random.below(FORMS.length);
      const whole = course(make(chance), [input]);
      const cut = course(make(chance), cutCase(input, random));
      assertEquals(cut.done, whole.done, "the cuts decide whether it is done");
      assertEquals(cut.refused, whole.refused, "the cuts decide whether it is refused");
      if (whole.refused === undefined) assertEquals(cut, whole);
      else assertEquals(whole.refused, ProtocolErrorCode.Handshake);
      assert(
        whole.output.length <= OPENING_BYTES + PACKET_BYTES,
        "more than one side of a handshake was sent",
      );
      assert(whole.taken <= OPENING_BYTES + PACKET_BYTES, "more than one side of a handshake was taken");
    },
  };
}

/** Both sides. */
export function handshakeTargets({ connections }: Recordings): FuzzTarget[] {
  const exchanges = FORMS.map(exchange);
  const clients = [
    ...connections.map((bytes) => bytes.slice(0, HANDSHAKE_BYTES + 16)),
    ...exchanges.map(({ client }) => client),
  ];
  return [
    target("handshake", corpusOf(clients), () => new ServerHandshake(fixedWireEnvironment(7))),
    target(
      "client-handshake",
      corpusOf(exchanges.map(({ server }) => server)),
      (chance) => new ClientHandshake(fixedWireEnvironment(), { form: FORMS[chance] ?? "simple" }),
    ),
  ];
}
