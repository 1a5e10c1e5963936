// What is set up by fields: typed, told to the guard, secrets one way only; the webhook's preview; servers of mailboxes.
import { describe, expect, it } from 'vitest';
import type { FieldEntry } from '@/bindings/api';
import { MAIL_PRESETS, presetFor, presetOf } from './mailPresets';
import { isComplete, itemWith, listOf, typedFrom } from './setup';
import { DEFAULT_TEMPLATE, fill, placed, PLACES } from './template';

const field = (key: string, more: Partial<FieldEntry> = {}): FieldEntry => ({ key, label: key, secret: false, required: false, hint: '', form: 'line', choices: [], default: null, ...more });
const FIELDS = [field('url', { secret: true, required: true }), field('port', { form: 'number' }), field('to', { form: 'list' }), field('keyword')];

describe('fields', () => {
  it('show what is configured, and nothing of a secret', () => {
    expect(typedFrom(FIELDS, { id: 'a', url: 'vault:a', port: 465, to: ['x@a', 'y@a'] })).toEqual({ url: '', port: '465', to: 'x@a, y@a', keyword: '' });
  });
  it('begin with what is the default, for what is new alone', () => {
    const site = [field('site', { default: 'cn' })];
    expect(typedFrom(site, undefined)).toEqual({ site: 'cn' });
    expect(typedFrom(site, { id: 'a' })).toEqual({ site: '' });
  });
  it('become numbers and lists, and text where a number is none', () => {
    expect(itemWith({ id: 'a' }, FIELDS, { port: '465', to: 'x@a， y@a\nz@a' }).item).toEqual({ id: 'a', port: 465, to: ['x@a', 'y@a', 'z@a'] });
    expect(itemWith({ id: 'a' }, FIELDS, { port: 'many' }).item).toEqual({ id: 'a', port: 'many' });
    expect(listOf(' , ')).toEqual([]);
  });
  it('keep what no field shows, and take out what was emptied', () => {
    expect(itemWith({ id: 'a', headers: { X: 'env:X' }, keyword: 'old' }, FIELDS, { keyword: ' ' }).item).toEqual({ id: 'a', headers: { X: 'env:X' } });
  });
});

describe('a secret', () => {
  it('goes to the place of its item, and never into the item', () => {
    expect(itemWith({ id: 'a' }, FIELDS, { url: 'FAKE-URL' })).toEqual({ item: { id: 'a', url: 'vault:a' }, secrets: { a: { url: 'FAKE-URL' } }, flat: { url: 'FAKE-URL' } });
  });
  it('goes to where its reference points', () => {
    expect(itemWith({ id: 'a', url: 'vault:b/address' }, FIELDS, { url: 'FAKE-URL' })).toMatchObject({ item: { url: 'vault:b/address' }, secrets: { b: { address: 'FAKE-URL' } } });
  });
  it('that stands outside the vault is replaced when one is typed, and else left', () => {
    expect(itemWith({ id: 'a', url: 'env:URL' }, FIELDS, { url: 'FAKE-URL' }).item).toEqual({ id: 'a', url: 'vault:a' });
    expect(itemWith({ id: 'a', url: 'env:URL' }, FIELDS, {})).toEqual({ item: { id: 'a', url: 'env:URL' }, secrets: {}, flat: {} });
  });
  it('need not be typed again once it is stored', () => {
    expect(isComplete(FIELDS, {}, undefined)).toBe(false);
    expect(isComplete(FIELDS, {}, { id: 'a', url: 'vault:a' })).toBe(true);
  });
});

describe('a template', () => {
  it('is filled inside its strings, and no value leaves its own', () => {
    const filled = fill('{"a": "{{title}}", "n": 1}', { title: '", "b": "' });
    expect('body' in filled && JSON.parse(filled.body)).toEqual({ a: '", "b": "', n: 1 });
  });
  it('that is empty is the default, which has only places that exist', () => {
    expect(fill('  ', {})).toHaveProperty('body');
    expect(PLACES.filter((place) => DEFAULT_TEMPLATE.includes(placed(place)))).toHaveLength(10);
  });
  it('is refused where it is no JSON, or names a place that does not exist', () => {
    expect(fill('{', {})).toEqual({ fault: 'json' });
    expect(fill('{"a": "{{money}}"}', {})).toEqual({ fault: 'place', name: 'money' });
  });
});

it('a mailbox is known by its server and by its address', () => {
  expect(presetOf(' IMAP.QQ.com ')?.id).toBe('qq');
  expect(presetFor('me@Foxmail.com')?.host).toBe('imap.qq.com');
  expect(presetFor('me@own.example')).toBeUndefined();
  expect(MAIL_PRESETS.map((preset) => preset.id)).toEqual(['qq', '163', '126', 'gmail', 'outlook', 'icloud', 'aliyun']);
});
