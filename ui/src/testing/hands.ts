// What a person does in a dialog, which stands outside of the page: pressing and typing.
import { settled } from './world';

/** The open dialog. */
export const dialog = () => document.querySelector<HTMLElement>('.el-dialog');
/** The open question before something that cannot be taken back. */
export const alertDialog = () => document.querySelector<HTMLElement>('[role="alertdialog"]');

/** Presses what stands at a place of the dialog, or of something else. */
export async function press(at: string, within: ParentNode | null = dialog()): Promise<void> {
  const found = within?.querySelector<HTMLElement>(at);
  if (!found) throw new Error(`no ${at}`);
  found.click();
  await settled();
}

/** Types into a field of the dialog. */
export async function type(at: string, text: string): Promise<void> {
  const field = dialog()?.querySelector<HTMLInputElement>(at);
  if (!field) throw new Error(`no ${at}`);
  field.value = text;
  field.dispatchEvent(new Event('input'));
  await settled();
}
