import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  consistencyRanges,
  inclusionRanges,
  isConsistent,
  isIncluded,
  type LeafRange,
  leafHash,
  MerkleTree,
  nodeHash,
  ProofCollector,
} from '../../verifier/ledger/merkle.ts';
import { sha256Bytes as hash } from '../../verifier/protocol/digest.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

/** The leaves that the tests of Certificate Transparency use, and the roots of their first 0 to 8. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(bytes);
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** A tree's root straight from the definition in RFC 6962 §2.1. */
function rootByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return hash(new Uint8Array(0));
  if (leaves.length === 1) return leafHash(hash, first);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(hash, rootByDefinition(leaves.slice(0, k)), rootByDefinition(leaves.slice(k)));
}

function grown(leaves: readonly Uint8Array[], ranges: readonly LeafRange[] = []): { tree: MerkleTree; proof: Uint8Array[] } {
  const collector = new ProofCollector(hash);
  collector.want(ranges);
  const tree = new MerkleTree(hash);
  for (const leaf of leaves) tree.append(leaf, collector.take);
  return { tree, proof: collector.proof(ranges) };
}

describe('the tree of RFC 6962', () => {
  for (const [size, root] of ROOTS.entries()) {
    it(`has the known root over ${size} leaves`, () => assert.equal(hex(grown(LEAVES.slice(0, size)).tree.root()), root));
  }

  it('has the known inclusion proofs', () => {
    const known = [
      {
        index: 0,
        size: 8,
        proof: [
          '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
          '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
          '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
        ],
      },
      {
        index: 5,
        size: 8,
        proof: [
          'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
          'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
          'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
        ],
      },
      { index: 2, size: 3, proof: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'] },
      {
        index: 1,
        size: 5,
        proof: [
          '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
          '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
          'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        ],
      },
    ];
    for (const { index, size, proof } of known) {
      assert.deepEqual(grown(LEAVES.slice(0, size), inclusionRanges(index, size)).proof.map(hex), proof, `leaf ${index} of ${size}`);
    }
  });

  it('has the known consistency proofs', () => {
    const known = [
      {
        earlier: 1,
        size: 8,
        proof: [
          '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
          '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
          '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
        ],
      },
      {
        earlier: 6,
        size: 8,
        proof: [
          '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
          'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
          'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
        ],
      },
      {
        earlier: 2,
        size: 5,
        proof: [
          '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
          'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        ],
      },
    ];
    for (const { earlier, size, proof } of known) {
      assert.deepEqual(grown(LEAVES.slice(0, size), consistencyRanges(earlier, size)).proof.map(hex), proof, `${earlier} of ${size}`);
    }
  });

  it('grows to what its definition says, also from where another one stood', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 }), fc.nat(70), (leaves, cut) => {
        const before = grown(leaves.slice(0, cut)).tree;
        const after = new MerkleTree(hash, before.state);
        for (const leaf of leaves.slice(cut)) after.append(leaf);
        assert.equal(hex(after.root()), hex(rootByDefinition(leaves)));
      }),
    );
  });

  it('is refused where its peaks do not fit its size', () => {
    assert.throws(() => new MerkleTree(hash, { size: 3, peaks: [new Uint8Array(32)] }), RangeError);
  });
});

/** A tree's leaves, two of its sizes and a leaf of it. */
const worlds = fc
  .array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 80 })
  .chain((leaves) => fc.record({ leaves: fc.constant(leaves), index: fc.nat(leaves.length - 1), earlier: fc.nat(leaves.length) }));

describe('a proof', () => {
  it('of inclusion holds for the leaf, and for no other leaf, place, size, root or changed proof', () => {
    fc.assert(
      fc.property(worlds, fc.nat(), ({ leaves, index }, at) => {
        const size = leaves.length;
        const data = leaves[index] ?? new Uint8Array();
        const { tree, proof } = grown(leaves, inclusionRanges(index, size));
        const told = { index, size, data, root: tree.root(), proof };
        assert.ok(isIncluded(hash, told));
        assert.ok(!isIncluded(hash, { ...told, data: Buffer.concat([data, Buffer.of(1)]) }));
        assert.ok(!isIncluded(hash, { ...told, index: size }));
        assert.ok(!isIncluded(hash, { ...told, root: hash(tree.root()) }));
        assert.ok(!isIncluded(hash, { ...told, proof: [...proof, tree.root()] }));
        assert.ok(proof.length === 0 || !isIncluded(hash, { ...told, proof: proof.slice(1) }));
        const changed = proof.map((node, n) => (n === at % proof.length ? hash(node) : node));
        assert.ok(proof.length === 0 || !isIncluded(hash, { ...told, proof: changed }));
      }),
    );
  });

  it('of consistency holds for the two trees, and for no other root, size or changed proof', () => {
    fc.assert(
      fc.property(worlds, fc.nat(), ({ leaves, earlier }, at) => {
        const size = leaves.length;
        const { tree, proof } = grown(leaves, consistencyRanges(earlier, size));
        const told = {
          earlier: { size: earlier, root: grown(leaves.slice(0, earlier)).tree.root() },
          later: { size, root: tree.root() },
          proof,
        };
        assert.ok(isConsistent(hash, told));
        assert.ok(!isConsistent(hash, { ...told, earlier: { size: earlier, root: hash(told.earlier.root) } }));
        assert.ok(!isConsistent(hash, { ...told, earlier: { size: size + 1, root: told.earlier.root } }));
        assert.ok(earlier === 0 || !isConsistent(hash, { ...told, later: { size, root: hash(told.later.root) } }));
        assert.ok(!isConsistent(hash, { ...told, proof: [...proof, tree.root()] }));
        const changed = proof.map((node, n) => (n === at % proof.length ? hash(node) : node));
        assert.ok(proof.length === 0 || !isConsistent(hash, { ...told, proof: changed }));
      }),
    );
  });

  it('is not made of leaves that the tree has not', () => {
    assert.throws(() => inclusionRanges(8, 8), RangeError);
    assert.throws(() => consistencyRanges(9, 8), RangeError);
    assert.throws(() => new ProofCollector(hash).proof([[0, 1]]), /no hash was collected/);
  });
});
