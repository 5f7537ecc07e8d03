import { createHash } from 'node:crypto';

/**
 * First 16 hexadecimal digits of the SHA-256 of credentials that providers print in their own
 * documentation, emulators and specifications. They open nothing, and are kept as digests so that no
 * scanner takes this list for a leak.
 */
const DOCUMENTED = new Set<string>([
  '0011cc25eb432071',
  '00b3dc640c9c99fc',
  '02091175c1ae3023',
  '02f7ce3c263f85c0',
  '0b5dd075ccdd03c4',
  '0d7e920845ed3423',
  '0e04efa6bc7d2d51',
  '1a5d44a2dca19669',
  '2037abcaffb2b777',
  '27a9a42931dff7eb',
  '2cafc0970149a84f',
  '3543c50b0cb9cea8',
  '35f0408b46b890e4',
  '37f8f09bdf12c2f2',
  '3a8b61d0f636b007',
  '3ba5a1039172183b',
  '3f370c9dd8225c63',
  '49f777db995e8260',
  '4c98242dcadc8b29',
  '5aac38e542b76b97',
  '6d7fa4e64d4b1f3e',
  '731fa294d036e54f',
  '78314b11be2e5815',
  '797c0ce414586cc8',
  '7e8de44ea9ecf6d5',
  '7f75367e78812551',
  '819994820a8ec7d6',
  '82e74299544e0073',
  '8731261cb72d8626',
  '8e0628300c16fe38',
  '93075827ec5c9378',
  '96ad2ccd81462a76',
  '9c846fdf0fa8955c',
  'a19f89ab3555eac1',
  'a4f06cc536ba5f76',
  'a6c814bc555ae62c',
  'aa6547439583c3a2',
  'b390e2e57c227c07',
  'bc3ae723f57c6b9e',
  'c6ea27c534f993d3',
  'd8f51fcc22043c0a',
  'dc0fcf046c61640c',
  'e21b597ba6b9cafa',
  'e3b3deba699f437a',
  'e4902a0b38812b15',
  'e4a5542bb7fd7b67',
  'ea9bb1082cf95663',
  'eb540d2b6ee2a0a4',
  'f2d6ca16515033e5',
]);

/** Whether a value is one that its provider published as an example. */
export function isDocumented(value: string): boolean {
  return DOCUMENTED.has(createHash('sha256').update(value).digest('hex').slice(0, 16));
}
