import {run} from './exec.ts';

const timeoutMs = 5000;

/** The text of a notification may hold markup. */
const plain = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Shows a notification on this machine's desktop. False where there is no desktop, or nothing that shows it. */
export async function showOnDesktop(title: string, text: string): Promise<boolean> {
  const args = ['--app-name=Trails', '--', title, plain(text)];
  return (await run('notify-send', args, {timeoutMs})).exitCode === 0;
}
