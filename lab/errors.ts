/** A failure of the lab with a sentence for its user; the cause carries what the tool said. */
export class LabError extends Error {
  override readonly name = 'LabError';
}
