const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

/** mocha's `spec`, which also leaves the counts of the run as JSON where the option `output` says: .ci/run adds them up. */
module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = options.reporterOption?.output;
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      if (file !== undefined)
        writeFileSync(file, `${JSON.stringify({ passed: passes, failed: failures, skipped: pending })}\n`);
    });
  }
};
