// The charts in our colours. A chart cannot read custom properties, so they are resolved when it is drawn.

/** A token of tokens.css as the colour it has now, in the theme that is shown. */
export function token(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  probe.style.display = 'none';
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** A token with an alpha of 0 to 1: for bands and grounds. */
export function tokenSoft(name: string, alpha: number): string {
  const numbers = token(name).match(/[\d.]+/g)?.slice(0, 3);
  return numbers?.length === 3 ? `rgb(${numbers.join(' ')} / ${alpha})` : token(name);
}

/** What every chart begins with: our letters, hairlines, aria text and decals, and no motion on data. */
export function chartBase(label: string): Record<string, unknown> {
  const quiet = token('text-quiet');
  return {
    animation: false,
    aria: { enabled: true, label: { description: label }, decal: { show: true } },
    color: ['calm-fill', 'warning-fill', 'critical-fill', 'acting-fill', 'blind-fill'].map(token),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: quiet, fontSize: 12 },
    grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: token('raised'),
      borderColor: token('hairline'),
      textStyle: { color: token('text'), fontSize: 12 },
    },
    xAxis: axis(),
    yAxis: axis(),
  };
}

function axis(): Record<string, unknown> {
  return {
    axisLine: { lineStyle: { color: token('hairline') } },
    axisTick: { lineStyle: { color: token('hairline') } },
    axisLabel: { color: token('text-quiet') },
    splitLine: { lineStyle: { color: token('hairline') } },
  };
}
