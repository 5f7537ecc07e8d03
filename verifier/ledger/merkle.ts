/** SHA-256 of some bytes. Passed in: what checks a proof may run where there is no Node. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

const LEAF = 0;
const NODE = 1;
const DIGEST_BYTES = 32;

/** The hash of a leaf, RFC 6962 §2.1. */
export function leafHash(hash: Hash, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + data.length);
  bytes[0] = LEAF;
  bytes.set(data, 1);
  return hash(bytes);
}

/** The hash of a node over two others, RFC 6962 §2.1. */
export function nodeHash(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * DIGEST_BYTES);
  bytes[0] = NODE;
  bytes.set(left, 1);
  bytes.set(right, 1 + DIGEST_BYTES);
  return hash(bytes);
}

/** Told of each complete subtree as it comes about: the node at `level` (leaves are 0) that is the `index`th there. */
export type NodeListener = (level: number, index: number, node: Uint8Array) => void;

/**
 * A tree that grows leaf by leaf and keeps no more than the roots of its complete subtrees: at most one
 * for each bit of its size.
 */
export class MerkleTree {
  readonly #hash: Hash;
  readonly #peaks: Uint8Array[];
  #size: number;

  constructor(hash: Hash, from: TreeState = { size: 0, peaks: [] }) {
    if (from.peaks.length !== peaksOf(from.size)) throw new RangeError(`a tree of ${from.size} leaves has ${peaksOf(from.size)} peaks`);
    this.#hash = hash;
    this.#size = from.size;
    this.#peaks = [...from.peaks];
  }

  get size(): number {
    return this.#size;
  }

  /** What another tree can go on from. */
  get state(): TreeState {
    return { size: this.#size, peaks: [...this.#peaks] };
  }

  /** Adds a leaf, given by its data. */
  append(data: Uint8Array, listener?: NodeListener): void {
    let node = leafHash(this.#hash, data);
    let index = this.#size;
    listener?.(0, index, node);
    for (let level = 1; index % 2 === 1; level++) {
      const left = this.#peaks.pop();
      if (left === undefined) throw new Error('a tree lost a peak');
      node = nodeHash(this.#hash, left, node);
      index = (index - 1) / 2;
      listener?.(level, index, node);
    }
    this.#peaks.push(node);
    this.#size += 1;
  }

  /** The tree's root hash; SHA-256 of nothing where it is empty. */
  root(): Uint8Array {
    const joined = this.#peaks.reduceRight<Uint8Array | undefined>(
      (right, left) => (right === undefined ? left : nodeHash(this.#hash, left, right)),
      undefined,
    );
    return joined ?? this.#hash(new Uint8Array(0));
  }
}

/** Where a tree stands: its size, and the roots of its complete subtrees from left to right. */
export interface TreeState {
  readonly size: number;
  readonly peaks: readonly Uint8Array[];
}

function peaksOf(size: number): number {
  let peaks = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) peaks += rest % 2;
  return peaks;
}

/** The leaves from `begin` up to `end`, without `end`. */
export type LeafRange = readonly [begin: number, end: number];

/** The largest power of two below `size`. */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** The subtrees whose hashes prove that leaf `index` is in the tree of `size` leaves, in the order of RFC 6962 §2.1.1. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (index < 0 || index >= size) throw new RangeError(`there is no leaf ${index} in a tree of ${size}`);
  const ranges: LeafRange[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + split(end - begin);
    ranges.unshift(index < middle ? [middle, end] : [begin, middle]);
    if (index < middle) end = middle;
    else begin = middle;
  }
  return ranges;
}

/** The subtrees whose hashes prove that the tree of `size` leaves begins with that of `earlier`, RFC 6962 §2.1.2. */
export function consistencyRanges(earlier: number, size: number): LeafRange[] {
  if (earlier < 0 || earlier > size) throw new RangeError(`a tree of ${size} leaves has never had ${earlier}`);
  if (earlier === 0 || earlier === size) return [];
  const ranges: LeafRange[] = [];
  let [begin, end, whole] = [0, size, true];
  while (end !== earlier) {
    const middle = begin + split(end - begin);
    if (earlier <= middle) {
      ranges.unshift([middle, end]);
      end = middle;
    } else {
      ranges.unshift([begin, middle]);
      begin = middle;
      whole = false;
    }
  }
  return whole ? ranges : [[begin, end], ...ranges];
}

/** The complete subtrees that a range is made of, from left to right. The range must begin where a subtree of its size may. */
function completeSubtrees([begin, end]: LeafRange): { readonly level: number; readonly index: number }[] {
  const found: { level: number; index: number }[] = [];
  for (let at = begin; at < end; ) {
    let [level, width] = [0, 1];
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      width *= 2;
      level += 1;
    }
    found.push({ level, index: at / width });
    at += width;
  }
  return found;
}

const nameOf = (level: number, index: number): string => `${level}:${index}`;

/**
 * Collects, while a tree grows, the hashes that some proofs need: memory grows with the proofs, not with the
 * tree. Name the ranges first, give {@link take} to {@link MerkleTree.append}, then ask.
 */
export class ProofCollector {
  readonly #nodes = new Map<string, Uint8Array | undefined>();
  readonly #hash: Hash;

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  want(ranges: readonly LeafRange[]): void {
    for (const { level, index } of ranges.flatMap(completeSubtrees)) this.#nodes.set(nameOf(level, index), undefined);
  }

  readonly take: NodeListener = (level, index, node) => {
    const name = nameOf(level, index);
    if (this.#nodes.has(name)) this.#nodes.set(name, node);
  };

  /** The hashes of the ranges. Throws where the tree has not grown so far, or a range was not named. */
  proof(ranges: readonly LeafRange[]): Uint8Array[] {
    return ranges.map((range) => {
      const nodes = completeSubtrees(range).map(({ level, index }) => {
        const node = this.#nodes.get(nameOf(level, index));
        if (node === undefined) throw new Error(`no hash was collected for subtree ${level}:${index}`);
        return node;
      });
      return nodes.reduceRight((right, left) => nodeHash(this.#hash, left, right));
    });
  }
}

const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, position) => byte === other[position]);

/** What an inclusion proof says: leaf `index`, of which this is the data, is in the tree of `size` leaves with this root. */
export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly data: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Whether an inclusion proof holds (RFC 9162 §2.1.3.2). */
export function isIncluded(hash: Hash, { index, size, data, root, proof }: Inclusion): boolean {
  if (index < 0 || index >= size) return false;
  let [at, last] = [index, size - 1];
  let node = leafHash(hash, data);
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== DIGEST_BYTES) return false;
    if (at % 2 === 1 || at === last) {
      node = nodeHash(hash, sibling, node);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      node = nodeHash(hash, node, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && equal(node, root);
}

/** What a consistency proof says: the tree of `size` leaves begins with the leaves of the `earlier` one. */
export interface Consistency {
  readonly earlier: { readonly size: number; readonly root: Uint8Array };
  readonly later: { readonly size: number; readonly root: Uint8Array };
  readonly proof: readonly Uint8Array[];
}

/** Whether a consistency proof holds (RFC 9162 §2.1.4.2). Every tree begins with the empty one, which needs no proof. */
export function isConsistent(hash: Hash, { earlier, later, proof }: Consistency): boolean {
  if (earlier.size > later.size) return false;
  if (earlier.size === later.size) return proof.length === 0 && equal(earlier.root, later.root);
  if (earlier.size === 0) return proof.length === 0 && equal(earlier.root, hash(new Uint8Array(0)));
  if (proof.some((node) => node.length !== DIGEST_BYTES)) return false;
  let [at, last] = [earlier.size - 1, later.size - 1];
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)];
  const [first, ...rest] = at === 0 ? [earlier.root, ...proof] : proof;
  if (first === undefined) return false;
  let [before, after] = [first, first];
  for (const node of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      before = nodeHash(hash, node, before);
      after = nodeHash(hash, node, after);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      after = nodeHash(hash, after, node);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && equal(before, earlier.root) && equal(after, later.root);
}
