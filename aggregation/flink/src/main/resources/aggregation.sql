-- One summary per unicorn and minute of the readings that count: valid, in time, and each once.
-- StatusTime is 2,000 years later than it was measured (operators/EventTime.java says why), and comes back as it was.
-- Distance is DECIMAL(13, 6) there, so that its sum is exact.
SELECT
  Name,
  window_start AS StatusTime,
  SUM(Distance) AS Distance,
  MIN(MagicPoints) AS MinMagicPoints,
  MAX(MagicPoints) AS MaxMagicPoints,
  MIN(HealthPoints) AS MinHealthPoints,
  MAX(HealthPoints) AS MaxHealthPoints,
  COUNT(*) AS Readings
FROM TABLE(TUMBLE(TABLE Readings, DESCRIPTOR(StatusTime), INTERVAL '1' MINUTE))
GROUP BY Name, window_start, window_end
