/**
 * Datagrams to a socket of this machine: how a service says to systemd how it is (sd_notify). There is a socket of this
 * process at a path as well, for the runtime sends from nowhere else.
 *
 * @module
 */

/** Sends to one socket. */
export class NotifySocket implements Disposable {
  readonly #socket: Deno.DatagramConn;
  readonly #to: Deno.UnixAddr;
  readonly #remove: () => void;

  private constructor(socket: Deno.DatagramConn, to: Deno.UnixAddr, remove: () => void) {
    this.#socket = socket;
    this.#to = to;
    this.#remove = remove;
  }

  /**
   * Open it.
   *
   * @param to Where to send; with `@` in front an abstract name, which Deno 2.6 cannot send to.
   * @param directory Where the own socket is made; absent: in a temporary directory.
   * @throws {Error} What the system says.
   */
  static open(to: string, directory?: string): NotifySocket {
    const temporary = directory === undefined ? Deno.makeTempDirSync({ prefix: "srs-notify-" }) : undefined;
    const path = `${directory ?? temporary}/srs.notify.${Deno.pid}`;
    const remove = (): void => {
      removeQuietly(path);
      if (temporary !== undefined) removeQuietly(temporary);
    };
    // A process with this id that was killed has left it.
    removeQuietly(path);
    try {
      const socket = Deno.listenDatagram({ transport: "unixpacket", path });
      return new NotifySocket(socket, { transport: "unixpacket", path: to.replace(/^@/, "\0") }, remove);
    } catch (error) {
      remove();
      throw error;
    }
  }

  /**
   * Send a datagram.
   *
   * @throws {Error} What the system says.
   */
  async send(text: string): Promise<void> {
    await this.#socket.send(new TextEncoder().encode(text), this.#to);
  }

  /** Send nothing more; the own socket is gone. */
  [Symbol.dispose](): void {
    this.#socket.close();
    this.#remove();
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    // The runtime may have removed it, or somebody else.
    if (!(error instanceof Error)) throw error;
  }
}
