import {createContext, Script} from 'node:vm';

/** As much as a rule usually looks at. */
const rows = 15;
const columns = 300;
/** Others take a few; a busy machine is given a second try. */
const mostMs = 500;
const tries = 2;

/** What the pattern looks for, and what many a pattern looks for, again and again, with an end that no pattern has: as rows, and as running text. */
function hostileTexts({source}: RegExp): readonly string[] {
  const words = source.replace(/\\./g, ' ').match(/[^\\^$.*+?()[\]{}|]+/gu) ?? [];
  return [...new Set([...words, words.join(''), 'a', '1'])].flatMap(word => {
    const row = word.repeat(columns).slice(0, columns);
    return ['\n', ' '].map(between => `${Array(rows).fill(row).join(between)}\u0001`);
  });
}

/** Whether a text made for it keeps a pattern busy for seconds: the agent writes the text, and everything else waits meanwhile. */
export function canBeKeptBusy(pattern: RegExp): boolean {
  const script = new Script('run()');
  // Only what runs in a context of its own can be broken off.
  const breaksOff = (text: string): boolean => {
    try {
      script.runInContext(createContext({run: () => pattern.exec(text)}), {timeout: mostMs});
      return false;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return true;
      throw error;
    }
  };
  return hostileTexts(pattern).some(text => Array.from({length: tries}).every(() => breaksOff(text)));
}
