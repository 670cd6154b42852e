// Two corrections of what is read of one person: against their own neutral face, and for the mix of emotions to expect.

const LEAST = 1e-4; // as in ferkit/predict/neutral.py
const normalised = (values) => {
  const sum = values.reduce((a, b) => a + b, 0);
  return values.map((value) => value / sum);
};
const logs = (row) => row.map((p) => Math.log(Math.max(p, LEAST)));

// The mean of the logarithms of a face's readings at most `reach` seconds from a moment; null where there is none: as `log_mean` in ferkit/predict/neutral.py.
function logMean({ times, read }, moment, reach) {
  const near = read.filter((_, i) => Math.abs(times[i] - moment) <= reach).map(logs);
  return near.length ? near[0].map((_, k) => near.reduce((sum, row) => sum + row[k], 0) / near.length) : null;
}

// Readings where all classes are as frequent as `trained` says they were not, and against a face's own neutral: as `for_mix` and `against_neutral`.
function correct(read, trained, own, typical) {
  return read.map((row) => {
    const mixed = trained ? normalised(row.map((p, k) => p / trained[k])) : row;
    if (!own) return mixed;
    const logits = logs(mixed).map((value, k) => value + typical[k] - own[k]);
    const top = Math.max(...logits);
    return normalised(logits.map((value) => Math.exp(value - top)));
  });
}
