import assert from 'node:assert/strict';
import type { SwitchDriver } from '../../drivers/interfaces.ts';

/** A switch for the contract to be tried on. */
export interface SwitchUnderTest {
  readonly driver: SwitchDriver;
  /** Two ports that nothing was done to. */
  readonly ports: readonly [string, string];
  /** The VLAN of a port as the switch itself, not the driver, tells it. */
  readonly look: (portId: string) => Promise<number | null>;
  /** Changes a VLAN behind the driver's back. */
  readonly meddle: (portId: string, vlan: number) => Promise<void>;
}

const patience = (): AbortSignal => AbortSignal.timeout(15_000);

/** What every switch driver promises; called within a `describe`. */
export function itIsASwitch(world: () => SwitchUnderTest): void {
  it('reads no VLAN from a port that nothing was done to', async () => {
    const { driver, ports } = world();
    assert.deepEqual(await driver.getPortVlan(ports[0], patience()), { vlan: null });
  });

  it('sets a VLAN, reads it back, and leaves the other port alone', async () => {
    const { driver, ports, look } = world();
    assert.deepEqual(await driver.setPortVlan(ports[0], 200, patience()), { vlan: 200 });
    assert.equal(await look(ports[0]), 200);
    assert.equal(await look(ports[1]), null);
    assert.deepEqual(await driver.getPortVlan(ports[0], patience()), { vlan: 200 });
  });

  it('may be told the same VLAN twice', async () => {
    const { driver, ports, look } = world();
    for (let round = 0; round < 2; round += 1) await driver.setPortVlan(ports[0], 201, patience());
    assert.equal(await look(ports[0]), 201);
  });

  it('sees and mends what somebody else changed', async () => {
    const { driver, ports, look, meddle } = world();
    await driver.setPortVlan(ports[0], 300, patience());
    await meddle(ports[0], 301);
    assert.deepEqual(await driver.getPortVlan(ports[0], patience()), { vlan: 301 });
    await driver.setPortVlan(ports[0], 300, patience());
    assert.equal(await look(ports[0]), 300);
  });

  it('sets many ports at once', async () => {
    const { driver, ports } = world();
    const vlans = [1, 4094];
    const set = await Promise.all(ports.map((port, index) => driver.setPortVlan(port, vlans[index] ?? 0, patience())));
    assert.deepEqual(set, [{ vlan: 1 }, { vlan: 4094 }]);
  });

  it('names a port that it does not have', async () => {
    const { driver } = world();
    const missing = { code: 'SwitchPortNotFound', message: /no port "nosuch".*check local_link_connection\/port_id/ };
    await assert.rejects(driver.getPortVlan('nosuch', patience()), missing);
    await assert.rejects(driver.setPortVlan('nosuch', 100, patience()), missing);
  });

  it('refuses a VLAN that cannot be, and keeps the one it had', async () => {
    const { driver, ports, look } = world();
    await driver.setPortVlan(ports[1], 77, patience());
    await assert.rejects(driver.setPortVlan(ports[1], 5000, patience()), { code: 'SwitchRefused', message: /5000/ });
    assert.equal(await look(ports[1]), 77);
  });

  it('stops when it is aborted', async () => {
    const { driver, ports } = world();
    const signal = AbortSignal.abort(new Error('enough'));
    await assert.rejects(driver.setPortVlan(ports[0], 55, signal), { message: 'enough' });
  });
}
