import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Display, progressBar, time } from '../../../../scripts/start/display.ts';

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 120, write: (text: string) => written.push(text), text: () => written.join('') };
}

describe('the progress display', () => {
  describe('without a terminal', () => {
    it('says when a phase begins, how long it usually takes, and how it ended', () => {
      const out = screen(false);
      const display = new Display(out);
      const track = display.track('node-1');
      track.begin('clean', 75);
      track.done('3 disks');
      display.close();
      assert.match(out.text(), /… node-1 +clean \(usually 1:15\)\n/);
      assert.match(out.text(), /✔ node-1 +clean in 0 s {2}3 disks\n/);
      assert.equal(out.text().includes(String.fromCharCode(27)), false);
    });

    it('passes over details that change quickly', () => {
      const out = screen(false);
      const display = new Display(out);
      const track = display.track('node-1');
      track.begin('clean');
      for (let number = 0; number < 50; number += 1) track.detail(`step ${number}`);
      display.close();
      assert.equal(
        out
          .text()
          .split('\n')
          .filter((line) => line.includes('step')).length,
        0,
      );
    });

    it('gives the reason alone of what fails between two phases', () => {
      const out = screen(false);
      const display = new Display(out);
      display.track('node-1').failed('in maintenance');
      display.close();
      assert.match(out.text(), /✘ node-1 +in maintenance\n$/);
    });

    describe('as time goes by', () => {
      beforeEach(() => mock.timers.enable({ apis: ['Date', 'setInterval'] }));
      afterEach(() => mock.timers.reset());

      const linesOf = (details: readonly string[], seconds: number): string[] => {
        const out = screen(false);
        const track = new Display(out).track('node-1');
        track.begin('clean', 120);
        for (const detail of details) track.detail(detail);
        for (let second = 0; second < seconds; second += 1) mock.timers.tick(1000);
        return out.text().split('\n');
      };

      it('tells the last of the details that changed quickly, once', () => {
        const told = linesOf(['cleaning', 'clean wait'], 20).filter((line) => line.includes('clean: '));
        assert.equal(told.length, 1);
        assert.match(told[0] ?? '', /3 s … node-1 +clean: clean wait$/);
      });

      it('says of a phase that lasts what happens now', () => {
        assert.match(linesOf(['clean wait'], 35).at(-2) ?? '', /clean for 33 s \(usually 2:00\): clean wait$/);
        assert.match(linesOf([], 35).at(-2) ?? '', /clean for 30 s \(usually 2:00\)$/);
      });
    });

    it('gives the reason of a failure', () => {
      const out = screen(false);
      const display = new Display(out);
      const track = display.track('node-1');
      track.begin('deploy');
      track.failed('no image');
      display.close();
      assert.match(out.text(), /✘ node-1 +deploy in 0 s {2}no image/);
    });
  });

  it('counts in minutes from one minute on', () => {
    assert.deepEqual([0, 59.4, 60, 125].map(time), ['0 s', '59 s', '1:00', '2:05']);
  });

  it('has a bar that is never full, however late a phase is', () => {
    assert.equal(progressBar(0).includes('█'), false);
    assert.equal(progressBar(7).endsWith('░'), true);
    assert.equal(progressBar(0.5).length, progressBar(7).length);
  });
});
