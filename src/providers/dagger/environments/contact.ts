import type {Clock} from '../../../lib/clock.ts';
import type {Link} from '../link/link.ts';

/** With nothing heard of it for so long, an environment is lost. */
export const patienceMs = 10_000;
const lookMs = 500;

/** Tells when an environment that should be there has not been heard of for too long, and when it is there again; each once. */
export function watchContact(
  link: Pick<Link, 'connected' | 'contactAt' | 'onChange'>,
  clock: Clock,
  {onLost, onFound}: {readonly onLost: () => void; readonly onFound: () => void},
): {readonly lost: boolean; stop(): void} {
  const began = clock.now();
  let lost = false;
  let cancel = () => {};
  const look = () => {
    if (link.connected) {
      if (!lost) return;
      lost = false;
      onFound();
    } else if (!lost && clock.now() - Math.max(link.contactAt ?? began, began) >= patienceMs) {
      lost = true;
      onLost();
    }
  };
  const tick = () => {
    look();
    cancel = clock.after(lookMs, tick);
  };
  tick();
  const end = link.onChange(look);
  return {
    get lost() {
      return lost;
    },
    stop() {
      cancel();
      end();
    },
  };
}
