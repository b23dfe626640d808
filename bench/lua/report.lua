-- What every script prints at its end: one line that the bench reads.
-- Latencies are in microseconds. `status` counts answers of 400 and above, `socket` connections that failed.
function done(summary, latency, _)
  local errors = summary.errors
  print(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"status":%d,"socket":%d,"p50":%d,"p99":%d}',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
