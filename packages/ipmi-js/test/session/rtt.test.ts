import assert from 'node:assert/strict';
import { Neighbourhoods, RoundTrip } from '../../src/session/rtt.ts';

const aRoundTrip = (chance = 0): RoundTrip => new RoundTrip({ firstMs: 300, chance: () => chance });
const waits = (roundTrip: RoundTrip): number[] => [0, 1, 2, 3, 9].map((attempt) => roundTrip.waitMs(attempt));

describe('RoundTrip', () => {
  it('begins with the first wait and doubles it up to 5 s', () => {
    assert.deepEqual(waits(aRoundTrip()), [300, 600, 1200, 2400, 5000]);
  });

  it('waits for four measured round trips, and at least 100 ms', () => {
    const roundTrip = aRoundTrip();
    roundTrip.measured(10);
    assert.deepEqual(waits(roundTrip), [100, 200, 400, 800, 5000]);
    for (let i = 0; i < 100; i++) roundTrip.measured(50);
    assert.equal(Math.round(roundTrip.ms ?? 0), 50);
    assert.ok(Math.abs(roundTrip.waitMs(0) - 200) <= 1);
  });

  it('lengthens by up to 10 % by chance', () => {
    const roundTrip = aRoundTrip(0.999);
    roundTrip.measured(1);
    assert.equal(roundTrip.waitMs(0), 110);
  });

  it('takes a neighbour as a guess until it measured for itself', () => {
    const neighbourhoods = new Neighbourhoods();
    const [known, fresh, far] = [aRoundTrip(), aRoundTrip(), aRoundTrip()];
    known.join(neighbourhoods.of('192.0.2.7'));
    fresh.join(neighbourhoods.of('192.0.2.200'));
    far.join(neighbourhoods.of('198.51.100.7'));
    known.measured(40);
    assert.deepEqual([fresh.ms, fresh.waitMs(0), far.waitMs(0)], [undefined, 160, 300]);
    fresh.measured(80);
    assert.equal(fresh.waitMs(0), 320);
  });

  it('knows IPv6 neighbours by their /64', () => {
    const neighbourhoods = new Neighbourhoods();
    const rack = neighbourhoods.of('2001:db8:1:2::5');
    assert.equal(neighbourhoods.of('2001:db8:1:2:3:4:5:6'), rack);
    assert.notEqual(neighbourhoods.of('2001:db8:1:3::5'), rack);
  });
});
