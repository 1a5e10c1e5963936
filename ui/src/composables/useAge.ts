// Spans and instants as people read them, in the chosen language and the person's own zone.
import { useI18n } from 'vue-i18n';
import { useNow } from './useNow';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How spans, ages and instants are written. Ages renew themselves with the window's clock. */
export function useAge() {
  const { t, locale } = useI18n();
  const now = useNow();

  /** A span of whole seconds in its two largest units; the smaller one is dropped from ten of the larger one on. */
  function span(seconds: number): string {
    const whole = Math.max(0, Math.floor(seconds));
    const sizes = [['day', DAY], ['hour', HOUR], ['minute', MINUTE], ['second', 1]] as const;
    const at = Math.max(0, sizes.findIndex(([, size]) => whole >= size));
    const [name, size] = whole === 0 ? sizes[3] : (sizes[at] ?? sizes[3]);
    const large = Math.floor(whole / size);
    const first = t(`common.span.${name}`, large);
    const next = sizes[at + 1];
    if (whole === 0 || !next || large >= 10) return first;
    const small = Math.floor((whole % size) / next[1]);
    return small === 0 ? first : t('common.span.two', { first, second: t(`common.span.${next[0]}`, small) });
  }

  /** `12 minutes ago`, `in 3 days`. */
  function age(instant: string): string {
    const seconds = Math.round((now.value - Date.parse(instant)) / 1000);
    if (Math.abs(seconds) < 30) return t('common.just_now');
    const coarse = Math.abs(seconds) < HOUR ? Math.abs(seconds) - (Math.abs(seconds) % MINUTE) : Math.abs(seconds);
    const text = span(Math.max(coarse, MINUTE));
    return seconds > 0 ? t('common.ago', { span: text }) : t('common.ahead', { span: text });
  }

  /** The instant itself, with its zone: what stands behind every age. */
  function absolute(instant: string): string {
    return new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeStyle: 'long' }).format(Date.parse(instant));
  }

  /** `14:02` today, else `20 Nov 14:02`. */
  function moment(instant: string): string {
    const at = new Date(instant);
    const today = new Date(now.value).toDateString() === at.toDateString();
    const day: Intl.DateTimeFormatOptions = today ? {} : { month: 'short', day: 'numeric' };
    return new Intl.DateTimeFormat(locale.value, { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  }

  /** `14:02:31`: for timelines. */
  function clock(instant: string): string {
    return new Intl.DateTimeFormat(locale.value, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(Date.parse(instant));
  }

  /** `20 Dec 2026`. */
  function date(instant: string): string {
    return new Intl.DateTimeFormat(locale.value, { year: 'numeric', month: 'short', day: 'numeric' }).format(Date.parse(instant));
  }

  /** `20 Nov, 14:02 – 21 Nov, 14:02`: from one instant to another. */
  function between(start: string, end: string): string {
    const how: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
    return new Intl.DateTimeFormat(locale.value, how).formatRange(Date.parse(start), Date.parse(end));
  }

  return { now, span, age, absolute, moment, clock, date, between };
}
