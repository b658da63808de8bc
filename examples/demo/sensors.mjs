// Plausible weather without a random source: the same records at every run.

/** The record of sensor `i`: a daily wave, some noise, and a few sensors that report a fault. */
export function sensorRecord(i) {
  const noise = wobble(i)
  return {
    temperature: 18 + 9 * Math.sin(i / 700) + 3 * noise,
    humidity: Math.round(55 + 20 * Math.cos(i / 500) + 5 * wobble(i + 1)),
    status: wobble(i + 2) > 0.98 ? 2 : 1,
    pressure: 1013 + 8 * wobble(i + 3),
    battery: 2.4 + 1.2 * Math.abs(wobble(i + 4)),
  }
}

/** A number between -1 and 1 that looks random: a sum of waves whose lengths share no factor. */
function wobble(i) {
  return (Math.sin(i * 12.9898) + Math.sin(i * 78.233) + Math.sin(i * 37.719)) / 3
}
