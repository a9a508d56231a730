//! Properties over shapes and content, against a naive tree on another keccak.

use proptest::prelude::*;
use zgkit_core::{Code, Isa};
use zgkit_merkle::*;
use zgkit_testdata::keccak;

/// RFC 6962 shape, recursively: the definition rather than the algorithm.
fn naive_root(leaves: &[Hash]) -> Hash {
    if let [leaf] = leaves {
        return *leaf;
    }
    let left = (leaves.len() - 1).ilog2();
    let (left, right) = leaves.split_at(1 << left);
    keccak(&[&naive_root(left), &naive_root(right)])
}

fn naive_file_root(file: &[u8]) -> Hash {
    let sectors = file.len().div_ceil(256) as u64;
    let mut padded = file.to_vec();
    padded.resize(padded_sectors(sectors).unwrap() as usize * 256, 0);
    let leaves: Vec<Hash> = padded.chunks(256).map(|sector| keccak(&[sector])).collect();
    naive_root(&leaves)
}

fn painted(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i % 251 + 1) as u8).collect()
}

#[test]
fn roots_on_boundary_sizes_equal_the_definition() {
    let file = painted(3 * 262_144 + 1);
    let mut sizes = vec![file.len(), 2 * 262_144 + 999, 262_144 * 3 / 2];
    for edge in [256, 16 * 256, 17 * 256, 64 * 256, 262_144, 2 * 262_144] {
        sizes.extend([edge - 1, edge, edge + 1]);
    }
    let roots: Vec<Hash> = sizes.iter().map(|&size| naive_file_root(&file[..size])).collect();
    Isa::with_each(|_| {
        for (&size, root) in sizes.iter().zip(&roots) {
            let tree = FileTree::from_bytes(&file[..size]).unwrap();
            assert_eq!(tree.root(), *root, "{size} bytes");
        }
    });
}

#[test]
fn levels_of_every_shape_equal_the_definition() {
    let hashes: Vec<Hash> = (0..1025u32).map(|i| keccak(&[&i.to_le_bytes()])).collect();
    let roots: Vec<Hash> = (1..=1025).map(|count| naive_root(&hashes[..count])).collect();
    Isa::with_each(|_| {
        for (count, expected) in (1..).zip(&roots) {
            let leaves = &hashes[..count];
            let mut levels = vec![0; levels_bytes(count)];
            merkle_levels(leaves.as_flattened(), &mut levels).unwrap();
            let root = levels.as_chunks::<32>().0.last().unwrap_or(&leaves[0]);
            assert_eq!(root, expected, "{count} leaves");
        }
    });
}

#[test]
fn paths_of_every_shape_lead_to_their_index_and_no_other() {
    for leaves in 1..=130 {
        let paths: Vec<Vec<bool>> = (0..leaves).map(|index| path(index, leaves)).collect();
        for (index, own) in paths.iter().enumerate() {
            assert_eq!(own.len() as u32, depth(index as u64, leaves));
            assert_eq!(paths.iter().filter(|other| *other == own).count(), 1);
        }
    }
}

#[test]
fn depth_holds_at_huge_counts() {
    for bits in [31, 32, 49, 53, 63] {
        let leaves = (1u64 << bits) + 1;
        assert_eq!(depth(0, leaves), bits + 1);
        assert_eq!(depth(leaves - 1, leaves), 1);
        assert_eq!(depth(0, leaves - 1), bits);
    }
    assert_eq!(padded_sectors((1 << 49) + 1), Ok((1 << 49) + (1 << 46)));
    assert_eq!(padded_sectors((1 << 63) + 1).unwrap_err().code, Code::Range);
    assert_eq!(padded_sectors(0).unwrap_err().code, Code::EmptyInput);
    let layout = FileLayout::new(u64::MAX).unwrap();
    assert_eq!((layout.sectors, layout.segments), (1 << 56, 1 << 46));
}

#[test]
fn every_sector_of_a_file_proves_at_its_index_and_at_no_other() {
    let file = painted(262_144 + 40 * 256 + 7);
    let tree = FileTree::from_bytes(&file).unwrap();
    let size = file.len() as u64;
    let layout = tree.layout();
    let mut padded = file.clone();
    padded.resize(layout.padded_sectors as usize * 256, 0);
    for index in (0..layout.padded_sectors).step_by(37).chain([layout.padded_sectors - 1]) {
        let start = index as usize / 1024 * 262_144;
        let segment = &file[start.min(file.len())..(start + 262_144).min(file.len())];
        let proof = tree.prove_sector(index, segment).unwrap();
        let sector = &padded[index as usize * 256..][..256];
        assert_eq!(verify_sector(&tree.root(), size, index, sector, &proof), Ok(()));
        for other in (0..layout.padded_sectors).filter(|&other| other != index) {
            let verdict = verify_sector(&tree.root(), size, other, sector, &proof);
            let code = verdict.unwrap_err().error.code;
            assert!(matches!(code, Code::ProofDepth | Code::IndexMismatch), "{index} as {other}: {code:?}");
        }
    }
}

#[test]
fn wrong_lengths_of_path_are_refused_from_0_to_past_the_limit() {
    let file = painted(8 * 256);
    let tree = FileTree::from_bytes(&file).unwrap();
    let honest = tree.prove_sector(3, &file).unwrap();
    for length in (0..=66).filter(|&length| length != 3) {
        let mut proof = honest.clone();
        proof.path.resize(length, true);
        proof.lemma.resize(if length == 0 { 1 } else { length + 2 }, [7; 32]);
        let verdict = verify_sector(&tree.root(), 2048, 3, &file[768..1024], &proof);
        let expected = if length > 64 { Code::LimitExceeded } else { Code::ProofDepth };
        assert_eq!(verdict.unwrap_err().error.code, expected, "{length}");
    }
}

#[test]
fn bytes_past_the_trusted_size_must_be_zero() {
    // 255 and 256 bytes share a root only if the last byte is zero; the length must travel with the root.
    let file = painted(256);
    let tree = FileTree::from_bytes(&file).unwrap();
    let proof = tree.prove_segment(0).unwrap();
    let verdict = verify_segment(&tree.root(), 255, 0, &file, &proof);
    assert_eq!(verdict.unwrap_err().error.code, Code::PaddingNonzero);
    let proof = tree.prove_sector(0, &file).unwrap();
    let verdict = verify_sector(&tree.root(), 1, 0, &file, &proof);
    assert_eq!(verdict.unwrap_err().error.code, Code::PaddingNonzero);
}

#[test]
fn siblings_past_the_data_must_be_zero_roots() {
    // Padded to 1, 18, 36 and 72 segments.
    let mut checked = 0;
    for segments in [1u64, 17, 33, 65] {
        let size = (segments - 1) * 262_144 + 1;
        let mut file = vec![0; size as usize];
        for (index, segment) in file.chunks_mut(262_144).enumerate() {
            segment[0] = index as u8 + 1;
        }
        let tree = FileTree::from_bytes(&file).unwrap();
        let leaves = tree.layout().segments;
        for index in 0..leaves {
            let proof = tree.prove_segment(index).unwrap();
            assert_eq!(verify_rear_padding(size, index, &proof), Ok(()));
            let mut past = 0;
            for (level, is_left) in proof.path.iter().enumerate() {
                let mut bad = proof.clone();
                bad.lemma[level + 1][5] ^= 1;
                let verdict = verify_rear_padding(size, index, &bad);
                // Proofs of the sibling's leaves, one for each: where do they begin?
                let below = |other: &u64| {
                    let theirs = tree.prove_segment(*other).unwrap().path;
                    let above = proof.path.len() - level - 1;
                    theirs.len() > above
                        && theirs[theirs.len() - above..] == proof.path[level + 1..]
                        && theirs[theirs.len() - above - 1] != *is_left
                };
                let first = (0..leaves).find(below).unwrap();
                let due = *is_left && first >= segments;
                let got = verdict.map_err(|rejection| (rejection.error.code, rejection.hashes.unwrap()));
                let zero = proof.lemma[level + 1];
                let refused = Err((Code::PaddingNonzero, [zero, bad.lemma[level + 1]]));
                assert_eq!(got, if due { refused } else { Ok(()) }, "{segments} {index} {level}");
                if due {
                    assert!((10..64).any(|height| zero_root(height) == Ok(zero)));
                    past += 1;
                }
            }
            checked += past;
        }
    }
    assert!(checked > 15, "{checked}");

    let size = 16 * 262_144 + 1;
    let proof = FileTree::from_bytes(&vec![1; size as usize]).unwrap().prove_segment(3).unwrap();
    let code = |size, index, proof: &Proof| verify_rear_padding(size, index, proof).unwrap_err().error.code;
    assert_eq!(code(0, 3, &proof), Code::EmptyInput);
    assert_eq!(code(size, 18, &proof), Code::IndexRange);
    assert_eq!(code(size, 16, &proof), Code::ProofDepth);
    assert_eq!(code(size, 3, &Proof::default()), Code::ProofFormat);
    let long = Proof { lemma: vec![[0; 32]; 67], path: vec![true; 65] };
    assert_eq!(code(size, 3, &long), Code::LimitExceeded);
}

#[test]
fn bad_input_is_refused() {
    let mut out = [0; 64];
    let code = |result: zgkit_core::Result<()>| result.unwrap_err().code;
    assert_eq!(code(segment_roots(&[], 0, &mut [])), Code::EmptyInput);
    assert_eq!(code(segment_roots(&[1; 257], 1, &mut out[..32])), Code::BufferLength);
    assert_eq!(code(segment_roots(&[], 1, &mut out)), Code::BufferLength);
    assert_eq!(code(segment_roots(&[], (1 << 22) + 1, &mut [])), Code::LimitExceeded);
    assert_eq!(code(segment_roots(&[], usize::MAX, &mut [])), Code::LimitExceeded);
    assert_eq!(code(peaks(&[], 0, &mut [])), Code::EmptyInput);
    assert_eq!(code(peaks(&[], 1025, &mut out)), Code::LimitExceeded);
    assert_eq!(code(peaks(&[], 2, &mut out)), Code::BufferLength);
    assert_eq!(code(merkle_levels(&[], &mut [])), Code::EmptyInput);
    assert_eq!(code(merkle_levels(&[0; 33], &mut [])), Code::BufferLength);
    assert_eq!(code(merkle_levels(&[0; 64], &mut out)), Code::BufferLength);

    let tree = FileTree::from_bytes(&[1; 600]).unwrap();
    assert_eq!(tree.prove_segment(1).unwrap_err().code, Code::IndexRange);
    assert_eq!(tree.prove_sector(3, &[]).unwrap_err().code, Code::IndexRange);
    assert_eq!(tree.prove_sector(0, &[1; 769]).unwrap_err().code, Code::ContentLength);
    assert_eq!(tree.prove_sector(0, &[2; 600]).unwrap_err().code, Code::ContentMismatch);
    assert_eq!(FileTree::from_bytes(&[]).unwrap_err().code, Code::EmptyInput);
    let verdict = verify_segment(&[0; 32], 0, 0, &[], &Proof::default());
    assert_eq!(verdict.unwrap_err().error.code, Code::EmptyInput);
    for (content_bytes, leaf_sectors) in [(257, 1), (0, 0), (0, 1025)] {
        assert_eq!(Place::new(0, 1, content_bytes, leaf_sectors).unwrap_err().code, Code::Range);
    }
    assert_eq!(submission::is_valid(1, &[65]), Ok(false));
    assert_eq!(submission::capacity(&[65]).unwrap_err().code, Code::Range);
    assert_eq!(submission::capacity(&[1; 65]).unwrap_err().code, Code::LimitExceeded);
}

#[cfg(feature = "parallel")]
#[test]
fn parallel_roots_equal_sequential_ones() {
    let data = painted(5 * 262_144 + 1000);
    for leaves in [5usize * 1024 + 4, 5 * 1024 + 7, 6 * 1024, 9 * 1024 + 1] {
        let mut one = vec![0; leaves.div_ceil(1024) * 32];
        let mut many = one.clone();
        segment_roots(&data, leaves, &mut one).unwrap();
        par_segment_roots(&data, leaves, &mut many).unwrap();
        assert_eq!(one, many);
    }
    assert_eq!(par_segment_roots(&[], 0, &mut []).unwrap_err().code, Code::EmptyInput);
}

proptest! {
    #[test]
    fn portions_do_not_matter(size in 1usize..800_000, portions in proptest::collection::vec(1usize..300_000, 1..8)) {
        let file = painted(size);
        let mut hasher = FileHasher::new();
        let mut rest = &file[..];
        for length in portions.iter().cycle() {
            let (now, later) = rest.split_at(rest.len().min(*length));
            hasher.update(now);
            rest = later;
            if rest.is_empty() { break; }
        }
        prop_assert_eq!(hasher.finish().unwrap().root, FileTree::from_bytes(&file).unwrap().root());
    }

    #[test]
    fn any_flipped_bit_is_rejected(size in 1usize..600_000, pick in any::<prop::sample::Index>(), bit in any::<prop::sample::Index>()) {
        let file = painted(size);
        let tree = FileTree::from_bytes(&file).unwrap();
        let index = pick.index(tree.layout().padded_sectors as usize) as u64;
        let start = (index as usize / 1024 * 262_144).min(size);
        let proof = tree.prove_sector(index, &file[start..(start + 262_144).min(size)]).unwrap();
        let mut sector: Vec<u8> = file.iter().skip(index as usize * 256).take(256).copied().collect();
        sector.resize(256, 0);
        let accepted = |root: &Hash, sector: &[u8], proof: &Proof| {
            verify_sector(root, size as u64, index, sector, proof).is_ok()
        };
        prop_assert!(accepted(&tree.root(), &sector, &proof));

        let flip = |bytes: &mut [u8]| {
            let bit = bit.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
        };
        let (mut bad_root, mut bad_sector, mut bad_lemma, mut bad_path) =
            (tree.root(), sector.clone(), proof.clone(), proof.clone());
        flip(&mut bad_root);
        flip(&mut bad_sector);
        flip(bad_lemma.lemma.as_flattened_mut());
        prop_assert!(!accepted(&bad_root, &sector, &proof));
        prop_assert!(!accepted(&tree.root(), &bad_sector, &proof));
        prop_assert!(!accepted(&tree.root(), &sector, &bad_lemma));
        if !bad_path.path.is_empty() {
            let place = bit.index(bad_path.path.len());
            bad_path.path[place] ^= true;
            prop_assert!(!accepted(&tree.root(), &sector, &bad_path));
        }
    }
}
