/** `a:b@c` and the like, as engines take them. */
const shape = /^[a-z0-9][\w.\-/:@]{0,254}$/i;

export const isImageReference = (text: string): boolean => shape.test(text);

/** As engines write it down: Podman puts `localhost/` before a name without a registry, Docker leaves its own registry away. */
function plain(reference: string): string {
  const short = reference.replace(/^(localhost|docker\.io(\/library)?)\//, '');
  return /[:@][^/]*$/.test(short) ? short : `${short}:latest`;
}

/** The same image, however the engine names it. */
export const sameImage = (a: string, b: string): boolean => plain(a) === plain(b);
