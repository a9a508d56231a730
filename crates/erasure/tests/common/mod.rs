//! Field arithmetic from its definition, and a liar.
#![allow(dead_code, reason = "every test file uses a part")]

use zgkit_erasure::{Descriptor, ErasureCode, Hash, Header, Layout, chunk_hashes, levels};
use zgkit_hash::blake2b512;
use zgkit_merkle::levels_bytes;
use zgkit_testdata::keccak_pattern;

/// Shards of the pattern `keccak`.
pub fn shards(seed: &str, count: usize, length: usize) -> Vec<Vec<u8>> {
    keccak_pattern(seed, count * length).chunks_exact(length).map(<[u8]>::to_vec).collect()
}

/// A product in the field, from its definition.
pub fn mul(a: u8, b: u8) -> u8 {
    (0..8).rev().fold(0, |sum: u8, bit| {
        let doubled = sum << 1 ^ if sum >> 7 == 1 { 0x1D } else { 0 };
        doubled ^ if b >> bit & 1 == 1 { a } else { 0 }
    })
}

pub fn inv(a: u8) -> u8 {
    (1..=255).find(|&b| mul(a, b) == 1).unwrap()
}

/// A Cauchy matrix over other points than those of the built-in codes.
pub fn custom_code(data: usize, parity: usize) -> ErasureCode {
    let entry = |r: usize, c: usize| inv((200 + r) as u8 ^ (100 + c) as u8);
    let matrix: Vec<u8> = (0..parity).flat_map(|r| (0..data).map(move |c| entry(r, c))).collect();
    ErasureCode::custom(data, parity, &matrix).unwrap()
}

pub fn codes(data: usize, parity: usize) -> [ErasureCode; 3] {
    [
        ErasureCode::vandermonde(data, parity).unwrap(),
        ErasureCode::cauchy(data, parity).unwrap(),
        custom_code(data, parity),
    ]
}

pub fn hash(bytes: &[u8]) -> Hash {
    blake2b512(bytes)[..32].try_into().unwrap()
}

/// Commits to any chunks, `stripes[s][i]` being chunk `i` of stripe `s`, as a liar would: commitment and shard files.
pub fn commit_to(
    code: &ErasureCode,
    chunk: usize,
    size: u64,
    stripes: &[Vec<Vec<u8>>],
) -> (Hash, Vec<Vec<u8>>) {
    let layout = Layout::new(code.data(), chunk, size).unwrap();
    let all_levels = |nodes: &[u8]| {
        let mut above = vec![0; levels_bytes(nodes.len() / 32)];
        levels(nodes, &mut above).unwrap();
        [nodes, &above].concat()
    };
    let root_of = |nodes: &[u8]| -> Hash { *all_levels(nodes).last_chunk().unwrap() };
    let leaves = |i: usize| -> Vec<u8> {
        let mut leaves = vec![0; 32 * stripes.len()];
        for (stripe, leaf) in stripes.iter().zip(leaves.chunks_exact_mut(32)) {
            chunk_hashes(&stripe[i], stripe[i].len(), leaf).unwrap();
        }
        leaves
    };
    let leaves: Vec<Vec<u8>> = (0..code.shards()).map(leaves).collect();
    let roots: Vec<Hash> = leaves.iter().map(|leaves| root_of(leaves)).collect();
    let matrix_hash = if code.matrix().is_empty() { [0; 32] } else { hash(code.matrix()) };
    let descriptor = Descriptor {
        kind: code.kind(),
        data: code.data(),
        parity: code.parity(),
        layout,
        matrix_hash,
        shards_root: root_of(roots.as_flattened()),
    };
    let all = all_levels(roots.as_flattened());
    let files = (0..code.shards()).map(|index| {
        let (mut start, mut count, mut at, mut siblings) = (0, roots.len(), index, Vec::new());
        while count > 1 {
            if at ^ 1 < count {
                siblings.extend_from_slice(&all[(start + (at ^ 1)) * 32..][..32]);
            }
            (start, count, at) = (start + count, count.div_ceil(2), at / 2);
        }
        let (descriptor, code, root) = (descriptor.clone(), code.clone(), roots[index]);
        let mut file = Header { descriptor, code, index, root, siblings }.to_bytes();
        file.extend_from_slice(&leaves[index]);
        stripes.iter().for_each(|stripe| file.extend_from_slice(&stripe[index]));
        file
    });
    (descriptor.commitment(), files.collect())
}

/// The chunks that an honest encoder would commit to.
pub fn honest_stripes(code: &ErasureCode, chunk: usize, file: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let stripe = |part: &[u8]| {
        let length = part.len().div_ceil(code.data());
        let mut part = part.to_vec();
        part.resize(code.data() * length, 0);
        with_parity(code, part.chunks_exact(length).map(<[u8]>::to_vec).collect())
    };
    file.chunks(code.data() * chunk).map(stripe).collect()
}

pub fn with_parity(code: &ErasureCode, mut data: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let parity = zgkit_erasure::unchecked::encode(code, &data).unwrap();
    data.extend(parity);
    data
}

pub fn views(files: &[Vec<u8>]) -> Vec<&[u8]> {
    files.iter().map(Vec::as_slice).collect()
}
