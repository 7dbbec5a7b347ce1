/**
 * A connection by TLS that can be closed at any time: it was accepted without TLS, and is relayed to a listener of this
 * process when the client has begun to shake hands. It costs a copy more than the runtime's own.
 *
 * @module
 */
import type { Clock, Timer } from "../../core/mod.ts";
import type { RelayPlace, TlsEnd, TlsLoop } from "./tls_relay.ts";
import type { TlsTransport } from "./tls_transport.ts";

/** Read at a time. */
const BUFFER_BYTES = 32 * 1024;
/** In front of each record: type, version, length (RFC 8446 §5.1). */
const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_RECORD = 0x16;
/** Of a record without protection. */
const MAX_RECORD_BYTES = 16 * 1024;
/** How long what is queued may take to leave when it is closed, milliseconds. */
const LAST_WORDS_MS = 1000;

/** What one reports. */
export interface RelayedEvents {
  /** It was closed before the handshake was over, and not by its client. */
  givenUp(): void;
}

/** Wraps a connection that was accepted without TLS. */
export class RelayedTls implements TlsTransport {
  /** @inheritdoc */
  readonly released: Promise<void>;
  readonly #client: Deno.TcpConn;
  readonly #clock: Clock;
  readonly #shaking: Promise<{ readonly alpnProtocol: string | null }>;
  readonly #gone = Promise.withResolvers<void>();
  readonly #givenUp = Promise.withResolvers<never>();
  readonly #events: RelayedEvents;
  #loop: TlsLoop | undefined;
  #hasShaken = false;
  #isClosed = false;
  #isCut = false;
  #lastWords: Timer | undefined;

  /**
   * Takes the connection over.
   *
   * @param place Where TLS is spoken; it is left when the handshake is over.
   */
  constructor(client: Deno.TcpConn, place: RelayPlace, events: RelayedEvents, clock: Clock) {
    this.#client = client;
    this.#events = events;
    this.#clock = clock;
    this.released = this.#gone.promise;
    client.setNoDelay();
    this.#shaking = this.#shake(place);
    const ended = (): void => {
      this.#hasShaken = true;
      place.leave();
    };
    this.#shaking.then(ended, ended);
    // Whether anybody waits or not.
    this.#givenUp.promise.catch(() => undefined);
  }

  /** @inheritdoc */
  get hasShaken(): boolean {
    return this.#hasShaken;
  }

  /** The client's address. */
  get remoteAddr(): Deno.NetAddr {
    return this.#client.remoteAddr;
  }

  /** Where it arrived. */
  get localAddr(): Deno.NetAddr {
    return this.#client.localAddr;
  }

  /** @inheritdoc */
  handshake(): Promise<{ readonly alpnProtocol: string | null }> {
    // The relay may wait for its own listener: a connection that is closed does not wait with it.
    return this.#hasShaken ? this.#shaking : Promise.race([this.#shaking, this.#givenUp.promise]);
  }

  /** @inheritdoc */
  async read(buffer: Uint8Array): Promise<number | null> {
    return await (await this.#tls()).read(buffer);
  }

  /** @inheritdoc */
  async write(bytes: Uint8Array): Promise<number> {
    return await (await this.#tls()).write(bytes);
  }

  /** @inheritdoc */
  async closeWrite(): Promise<void> {
    await (await this.#tls()).closeWrite();
  }

  /** Close: what was written may leave within a second, if the handshake is over. May be called again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#hasShaken || this.#loop === undefined) this.#cut();
    else if (!this.#isCut) this.#lastWords = this.#clock.setTimeout(() => this.#cut(), LAST_WORDS_MS);
    this.#loop?.tls.close();
    if (this.#hasShaken) return;
    this.#givenUp.reject(closed());
    this.#events.givenUp();
  }

  async #tls(): Promise<TlsEnd> {
    await this.handshake();
    if (this.#loop === undefined) throw new Deno.errors.BadResource("The connection was closed");
    return this.#loop.tls;
  }

  async #shake(place: RelayPlace): Promise<{ readonly alpnProtocol: string | null }> {
    const hello = await this.#firstRecord();
    const loop = await place.connect();
    if (this.#isCut) {
      loop.cable.close();
      loop.tls.close();
      throw closed();
    }
    this.#loop = loop;
    const { cable, tls } = loop;
    void this.#relay(hello, cable);
    return await tls.handshake();
  }

  /** The first record as a whole, or what shows that there is none: it never gets further a byte at a time. */
  async #firstRecord(): Promise<Uint8Array> {
    let bytes = new Uint8Array(512);
    for (let filled = 0;;) {
      const length = await this.#client.read(bytes.subarray(filled));
      if (length === null) throw new Deno.errors.UnexpectedEof("The client left before it shook hands");
      filled += length;
      const wanted = firstRecordBytes(bytes, filled);
      if (filled >= wanted) return bytes.subarray(0, filled);
      if (wanted > bytes.length) {
        const larger = new Uint8Array(wanted);
        larger.set(bytes.subarray(0, filled));
        bytes = larger;
      }
    }
  }

  /** Both ways, until either end is gone. Never rejects. */
  async #relay(hello: Uint8Array, cable: Deno.TcpConn): Promise<void> {
    const broken = (): void => this.#cut();
    const upwards = writeAll(cable, hello).then(() => copy(this.#client, cable));
    // The end of what is sent is not the end of what is read, unless that was all.
    const downwards = copy(cable, this.#client).then(() => {
      if (this.#isClosed) this.#cut();
    });
    await Promise.all([upwards.catch(broken), downwards.catch(broken)]);
    this.#cut();
    this.#gone.resolve();
  }

  /** Close the client's socket and the cable at once: TLS sees a client that is gone. */
  #cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#lastWords?.clear();
    this.#client.close();
    this.#loop?.cable.close();
    if (this.#loop === undefined) this.#gone.resolve();
  }
}

function closed(): Error {
  return new Deno.errors.Interrupted("The connection was closed before its handshake was over");
}

/** Bytes of the first record, as far as its beginning says; none where it begins no handshake. */
function firstRecordBytes(bytes: Uint8Array, filled: number): number {
  if (filled > 0 && bytes[0] !== HANDSHAKE_RECORD) return 0;
  if (filled < RECORD_HEADER_BYTES) return RECORD_HEADER_BYTES;
  const length = new DataView(bytes.buffer).getUint16(RECORD_HEADER_BYTES - 2);
  return length > MAX_RECORD_BYTES ? 0 : RECORD_HEADER_BYTES + length;
}

/** Until the end of what `from` sends, which is announced. */
async function copy(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  for (let length = await from.read(buffer); length !== null; length = await from.read(buffer)) {
    await writeAll(to, buffer.subarray(0, length));
  }
  await to.closeWrite();
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}
