// The forecast as uPlot draws it: what was filed, the median, two bands, the spike threshold, spike probability.
"use strict";

const LOCALE = "en-GB"; // The pages' own way to write dates, whatever the browser's.
let drawn = [];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function drawCharts() {
  drawn.forEach((plot) => plot.destroy());
  drawn = [];
  const place = document.getElementById("chart");
  if (!place) return;
  const data = JSON.parse(place.dataset.chart);
  const clock = new Intl.DateTimeFormat(LOCALE, {
    weekday: "short", day: "numeric", month: "short", timeZone: data.zone,
    ...(data.interval === "day" ? {} : { hour: "2-digit", minute: "2-digit" }),
  });
  const common = {
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), data.zone),
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: "volume" }, points: { size: 7 } },
  };
  const days = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", timeZone: data.zone });
  const hours = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", timeZone: data.zone });
  const when = (seconds) => {
    const at = new Date(seconds * 1000);
    const hour = hours.format(at);
    return data.interval === "day" || hour === "00:00" ? days.format(at) : hour;
  };
  const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: `12px ${getComputedStyle(document.body).fontFamily}` };
  const plot = new uPlot({
    ...common, ...sizeOf(place),
    padding: [12, 8, 0, 0],
    scales: { x: { time: true }, y: { range: (_, low, high) => [0, Math.max(1, high * 1.05)] } },
    axes: [{ ...axis, size: 32, space: 64, values: (_, ticks) => ticks.map(when) }, { ...axis, size: 44 }],
    series: [
      {},
      { stroke: colour("--ink"), width: 2, points: { show: false } },
      line("transparent"), line("transparent"), line("transparent"), line("transparent"),
      { stroke: colour("--accent"), width: 2.5, points: { show: false } },
      { stroke: colour("--threshold"), width: 1.5, dash: [6, 5], points: { show: false } },
      { stroke: colour("--ink"), width: 0, paths: () => null, points: { show: true, size: 9, width: 2.5 } },
    ],
    bands: [
      { series: [3, 2], fill: colour("--band-outer") },
      { series: [5, 4], fill: colour("--band-inner") },
    ],
    hooks: {
      drawClear: [(self) => markEvents(self, data.events), (self) => markOrigin(self, data.origin)],
      setCursor: [(self) => tell(self, data, clock)],
    },
  }, [data.start, data.actual, data.q05, data.q95, data.q20, data.q80, data.q50, data.threshold, data.own], place);
  const below = document.getElementById("spike");
  const spike = new uPlot({
    ...common, ...sizeOf(below),
    padding: [8, 8, 8, 0],
    scales: { x: { time: true }, y: { range: (_, low, high) => [0, Math.max(0.1, high * 1.1)] } },
    axes: [{ ...axis, show: false }, { ...axis, size: 44, space: 24, values: (_, ticks) => ticks.map((share) => `${Math.round(share * 100)} %`) }],
    series: [{}, { fill: colour("--spike"), width: 0, stroke: colour("--spike"), points: { show: false }, paths: uPlot.paths.bars({ size: [0.7, 14] }) }],
  }, [data.start, data.spike], below);
  drawn = [plot, spike];
  tell(plot, data, clock);
  place.dataset.drawn = String(data.start.length);
}

function line(stroke) {
  return { stroke, width: 0, points: { show: false } };
}

function sizeOf(place) {
  return { width: Math.floor(place.clientWidth), height: Math.floor(place.clientHeight) };
}

// Days of known events, shaded, with their titles on top where they fit.
function markEvents(plot, events) {
  const { ctx, bbox } = plot;
  const { min, max } = plot.scales.x;
  ctx.save();
  ctx.textBaseline = "top";
  ctx.font = `${12 * devicePixelRatio}px ${getComputedStyle(document.body).fontFamily}`;
  let free = bbox.left;
  events.filter((one) => one.end > min && one.begin < max).forEach((one) => {
    const left = plot.valToPos(Math.max(one.begin, min), "x", true);
    const right = plot.valToPos(Math.min(one.end, max), "x", true);
    ctx.fillStyle = colour("--event");
    ctx.fillRect(left, bbox.top, Math.max(right - left, 2), bbox.height);
    const width = ctx.measureText(one.title).width;
    if (left >= free && left + width <= bbox.left + bbox.width) {
      ctx.fillStyle = colour("--soft");
      ctx.fillText(one.title, left + 3 * devicePixelRatio, bbox.top + 4 * devicePixelRatio);
      free = left + width + 8 * devicePixelRatio;
    }
  });
  ctx.restore();
}

function markOrigin(plot, origin) {
  const x = Math.round(plot.valToPos(origin, "x", true));
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour("--soft");
  ctx.setLineDash([2, 4]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

function tell(plot, data, clock) {
  const readout = document.getElementById("readout");
  const at = plot.cursor.idx;
  readout.replaceChildren();
  if (at === null || at === undefined) {
    readout.textContent = matchMedia("(hover: hover)").matches ? "Point at the chart for the figures of one interval." : "\u00a0";
    return;
  }
  const strong = document.createElement("b");
  strong.textContent = clock.format(new Date(data.start[at] * 1000));
  const filed = data.actual[at];
  const own = data.own[at] === null ? "" : ` · ${Math.round(data.own[at])} by a planner’s own figure`;
  const rest = filed !== null ? ` · ${filed} filed`
    : ` · about ${Math.round(data.q50[at])}, likely ${Math.round(data.q20[at])} to ${Math.round(data.q80[at])}, spike from ${Math.round(data.threshold[at])} (${Math.round(data.spike[at] * 100)} %)${own}`;
  readout.append(strong, rest);
}

new ResizeObserver(() => {
  drawn.forEach((plot) => {
    const size = sizeOf(plot.root.parentElement);
    if (size.width && size.width !== plot.width) plot.setSize(size);
  });
}).observe(document.documentElement);
