const { appendFileSync, writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

/**
 * mocha's `spec`, for .ci/run: where the option `output` says (`<suite>.json`), the counts of the run are left at its
 * end, and in `<suite>.failures` beside it each failure at once, since a suite may be cut off.
 */
module.exports = class ReportingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = options.reporterOption?.output;
    if (file === undefined) return;
    runner.on('fail', (test, error) => {
      appendFileSync(
        file.replace(/\.json$/, '.failures'),
        `${test.titlePath().join(' › ')}\n${error.stack ?? error.message}\n\n`,
      );
    });
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(file, `${JSON.stringify({ passed: passes, failed: failures, skipped: pending })}\n`);
    });
  }
};
