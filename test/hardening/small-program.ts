/** The smallest 32-bit x86 program: it ends with this code, by the old way of calling the kernel. */
export function smallProgram(exitCode: number): Buffer {
  const [base, headers] = [0x0804_8000, 52 + 32];
  // mov eax, 1 (exit); mov ebx, exitCode; int 0x80
  const code = Buffer.from([0xb8, 1, 0, 0, 0, 0xbb, exitCode, 0, 0, 0, 0xcd, 0x80]);
  const file = Buffer.alloc(headers + code.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const put = (width: 2 | 4) => (at: number, values: readonly number[]) => {
    for (const [index, one] of values.entries()) file.writeUIntLE(one, at + width * index, width);
  };
  const [halves, words] = [put(2), put(4)];
  // An executable for the 386; its entry, and where its one program header is.
  halves(16, [2, 3]);
  words(20, [1, base + headers, 52, 0, 0]);
  halves(40, [52, 32, 1, 0, 0, 0]);
  // Loaded whole, readable and executable.
  words(52, [1, 0, base, base, file.length, file.length, 5, 0x1000]);
  file.set(code, headers);
  return file;
}
