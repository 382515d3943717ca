const now = (): number => Math.floor(Date.now() / 1000);

/** A clock of the BMC that a console may set; whole seconds since 1970. */
export class SettableClock {
  #offset = 0;

  get time(): number {
    return now() + this.#offset;
  }

  set time(value: number) {
    this.#offset = value - now();
  }
}
