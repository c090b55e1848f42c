// A staffing plan as uPlot draws it: the band of the requirement, its P80, the schedule, and below what stays open.
"use strict";

let staffingDrawn = [];

function drawStaffing() {
  staffingDrawn.forEach((plot) => plot.destroy());
  staffingDrawn = [];
  const place = document.getElementById("staffing-chart");
  if (!place) return;
  const data = JSON.parse(place.dataset.chart);
  const isDay = data.interval === "day";
  const clock = new Intl.DateTimeFormat(LOCALE, {
    weekday: "short", day: "numeric", month: "short", timeZone: data.zone,
    ...(isDay ? {} : { hour: "2-digit", minute: "2-digit" }),
  });
  const days = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", timeZone: data.zone });
  const hours = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", timeZone: data.zone });
  const when = (seconds) => {
    const at = new Date(seconds * 1000);
    const hour = hours.format(at);
    return isDay || hour === "00:00" ? days.format(at) : hour;
  };
  const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: `12px ${getComputedStyle(document.body).fontFamily}` };
  const common = {
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), data.zone),
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: "staffing" }, points: { size: 7 } },
  };
  // People are there for a whole interval: steps, not slopes.
  const paths = uPlot.paths.stepped({ align: 1 });
  const plot = new uPlot({
    ...common, ...sizeOf(place),
    padding: [12, 8, 0, 0],
    scales: { x: { time: true }, y: { range: (_, low, high) => [0, Math.max(1, high * 1.05)] } },
    axes: [{ ...axis, size: 32, space: 64, values: (_, ticks) => ticks.map(when) }, { ...axis, size: 44 }],
    series: [
      {},
      { stroke: "transparent", width: 0, paths, points: { show: false } },
      { stroke: "transparent", width: 0, paths, points: { show: false } },
      { stroke: colour("--accent"), width: 2.5, paths, points: { show: false } },
      { stroke: colour("--ink"), width: 2, paths, points: { show: false } },
    ],
    bands: [{ series: [2, 1], fill: colour("--band-inner") }],
    hooks: { setCursor: [(self) => tellStaffing(self, data, clock)] },
  }, [data.start, data.p50, data.p95, data.p80, data.scheduled], place);
  const below = document.getElementById("staffing-backlog");
  const backlog = new uPlot({
    ...common, ...sizeOf(below),
    padding: [8, 8, 8, 0],
    scales: { x: { time: true }, y: { range: (_, low, high) => [0, Math.max(1, high * 1.1)] } },
    axes: [{ ...axis, show: false }, { ...axis, size: 44, space: 24, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5] }],
    series: [{}, { fill: colour("--spike"), width: 1, stroke: colour("--threshold"), paths, points: { show: false } }],
  }, [data.start, data.backlog], below);
  staffingDrawn = [plot, backlog];
  tellStaffing(plot, data, clock);
  place.dataset.drawn = String(data.start.length);
}

function tellStaffing(plot, data, clock) {
  const readout = document.getElementById("staffing-readout");
  const at = plot.cursor.idx;
  readout.replaceChildren();
  if (at === null || at === undefined) {
    readout.textContent = matchMedia("(hover: hover)").matches ? "Point at the chart for the figures of one interval." : "\u00a0";
    return;
  }
  const strong = document.createElement("b");
  strong.textContent = clock.format(new Date(data.start[at] * 1000));
  const scheduled = data.scheduled[at] === null ? "" : ` · ${data.scheduled[at].toFixed(1)} scheduled`;
  readout.append(strong, ` · ${data.p80[at].toFixed(1)} required at P80 (${data.p50[at].toFixed(1)} to ${data.p95[at].toFixed(1)})${scheduled} · ${Math.round(data.backlog[at])} open`);
}

new ResizeObserver(() => {
  staffingDrawn.forEach((plot) => {
    const size = sizeOf(plot.root.parentElement);
    if (size.width && size.width !== plot.width) plot.setSize(size);
  });
}).observe(document.documentElement);

document.addEventListener("htmx:afterSettle", drawStaffing);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawStaffing);
window.addEventListener("popstate", () => setTimeout(drawStaffing));
drawStaffing();
