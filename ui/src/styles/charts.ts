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

/** Stripes of a token on its own soft ground, as a pattern to fill with; only the ground where nothing can be drawn. */
export function stripes(name: string): unknown {
  const size = 6;
  const image = document.createElement('canvas');
  image.width = size;
  image.height = size;
  const drawn = image.getContext('2d');
  if (!drawn) return tokenSoft(name, 0.18);
  drawn.fillStyle = tokenSoft(name, 0.12);
  drawn.fillRect(0, 0, size, size);
  drawn.strokeStyle = tokenSoft(name, 0.55);
  // From corner to corner, and at both others, so that the stripes run on from one tile to the next.
  for (const shift of [-size, 0, size]) {
    drawn.moveTo(shift, size);
    drawn.lineTo(shift + size, 0);
  }
  drawn.stroke();
  return { image, repeat: 'repeat' };
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
