// Where the mailboxes that people have are read. Pure; tested in setup.test.ts.

/** What such a mailbox wants in place of the password that a person knows. */
export type Wants = 'code' | 'app' | 'oauth' | 'client';
export interface MailPreset { id: string; name: string; host: string; wants: Wants; domains: string[] }

/** All speak TLS from the first byte, on the usual port. */
export const MAIL_PRESETS: readonly MailPreset[] = [
  { id: 'qq', name: 'QQ', host: 'imap.qq.com', wants: 'code', domains: ['qq.com', 'foxmail.com'] },
  { id: '163', name: '163', host: 'imap.163.com', wants: 'code', domains: ['163.com'] },
  { id: '126', name: '126', host: 'imap.126.com', wants: 'code', domains: ['126.com'] },
  { id: 'gmail', name: 'Gmail', host: 'imap.gmail.com', wants: 'app', domains: ['gmail.com'] },
  { id: 'outlook', name: 'Outlook', host: 'outlook.office365.com', wants: 'oauth', domains: ['outlook.com', 'hotmail.com', 'live.com'] },
  { id: 'icloud', name: 'iCloud', host: 'imap.mail.me.com', wants: 'app', domains: ['icloud.com', 'me.com'] },
  { id: 'aliyun', name: 'Aliyun', host: 'imap.qiye.aliyun.com', wants: 'client', domains: [] },
];

/** The one of a server; nothing for a server of one's own. */
export const presetOf = (host: string): MailPreset | undefined => MAIL_PRESETS.find((preset) => preset.host === host.trim().toLowerCase());

/** The one of an address. */
export const presetFor = (address: string): MailPreset | undefined => MAIL_PRESETS.find((preset) => preset.domains.includes(address.trim().toLowerCase().split('@')[1] ?? ''));
