// The book of the made-up world's proxy traffic: what is asked of it, and what a person changes in it.
import type { ChangeEvent, InviteView, ReportSentView, ReportView, Request, Response, SubscriptionView } from '@/bindings/api';
import { Refusal } from '../types';
import { at, DAY, MINUTE } from './clock';
import { flows, line } from './flows';
import * as scene from './proxy';

const CODE_MINUTES = 15;

export class ProxyBook {
  devices: scene.Made[];
  invites: InviteView[] = [];
  subscriptions: SubscriptionView[];
  /** Where agents reach the made-up program; null: nowhere. */
  door: string | null = null;
  sent: ReportSentView[] = [];
  tell: (...events: ChangeEvent[]) => void = () => undefined;
  private beat = 0;

  /** `lab`: what somebody called one of the devices, and its node. */
  constructor(any: boolean, lab: string) {
    this.devices = any ? scene.devices(lab) : [];
    this.subscriptions = any ? scene.subscriptions() : [];
  }

  /** Something else passes now. */
  pulse(): void {
    this.beat += 1;
    this.tell({ event: 'live', at: at(0) });
  }

  /** The answer, or nothing where the request is no business of the book. */
  answer(request: Request): Response | undefined {
    switch (request.request) {
      case 'flows': return { response: 'flows', data: flows(request, this.devices.filter((one) => one.state !== 'ended').map(scene.knownOf)) };
      case 'flow_line': return { response: 'flow_line', data: line(request) };
      case 'live': return { response: 'live', data: scene.live(this.devices, this.beat) };
      case 'devices': return { response: 'devices', data: { devices: this.devices.map(scene.viewOf), invites: this.invites, door: this.door } };
      case 'subscriptions': return { response: 'subscriptions', data: { subscriptions: this.subscriptions } };
      case 'invite_agent': return this.invite(request.device, request.name);
      case 'end_device': return this.end(request.device);
      case 'send_report':
        this.sent = [{ channel: 'ops', state: 'sent', at: at(0) }, { channel: 'post', state: 'pending', at: null }];
        this.tell({ event: 'report', at: at(0), kind: request.span, day: at(0).slice(0, 10) });
        return { response: 'report', data: this.report(request) };
      case 'report': return { response: 'report', data: this.report(request) };
      default: return undefined;
    }
  }

  private invite(device: string, name: string): Response {
    const known = this.devices.find((one) => one.device === device);
    if (known?.account) throw new Refusal({ code: 'refused', detail: 'device: its kernel is asked from here', retryable: false });
    const expires_at = at(CODE_MINUTES * MINUTE);
    if (!known) this.devices = [...this.devices, scene.invited(device, name)];
    this.invites = [...this.invites.filter((one) => one.device !== device), { device, name, expires_at }];
    this.tell({ event: 'device', at: at(0), device });
    return { response: 'invited', data: { device, code: `FAKE-${'0000-'.repeat(3)}0000`, expires_at } };
  }

  private end(device: string): Response {
    this.devices = this.devices.map((one) => (one.device === device ? { ...one, state: 'ended', rate: null } : one));
    this.tell({ event: 'device', at: at(0), device });
    return { response: 'done' };
  }

  private report({ span, lang }: Extract<Request, { request: 'report' }> | Extract<Request, { request: 'send_report' }>): ReportView {
    const through = at(0).slice(0, 10);
    const zh = lang === 'zh-CN';
    const subject = zh ? `流量日报 ${through} · 代理 12.3 GiB · 剩余 38 %` : `Traffic of ${through} · proxy 12.3 GiB · 38 % left`;
    const rows = zh ? [['经代理', '12.3 GiB'], ['直连', '6.3 GiB'], ['主力机场', '剩余 75.8 GiB，够用到重置']] : [['Through proxies', '12.3 GiB'], ['Direct', '6.3 GiB'], ['Main airport', '75.8 GiB left, enough until its reset']];
    const text = [subject, '', ...rows.map((row) => row.join(': '))].join('\n');
    const html = `<!doctype html><html><body style="margin:0;padding:24px;font-family:sans-serif;color:#12272b;background:#f5f8f8"><h1 style="font-size:18px;margin:0 0 12px">${subject}</h1><table style="border-collapse:collapse;width:100%;background:#fff">${rows.map(([name, value]) => `<tr><td style="padding:8px;border-bottom:1px solid #d5dede">${name}</td><td style="padding:8px;border-bottom:1px solid #d5dede;text-align:right">${value}</td></tr>`).join('')}</table><script>parent.stolen = true</script></body></html>`;
    return { span, from: span === 'daily' ? through : at(-6 * DAY).slice(0, 10), through, at: at(0), subject, text, html, sent: this.sent };
  }
}
