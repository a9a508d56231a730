//! The vectors of testdata/, each with the number of cases that it must have run.

mod common;
mod less_one;

use common::{RangeVector, code_of};
use less_one::less_one;
use serde::Deserialize;
use zgkit_core::{Isa, U256};
use zgkit_hash::keccak256;
use zgkit_merkle::Hash;
use zgkit_pora::*;
use zgkit_testdata::{Bytes, Int, Pattern, list, load};

#[test]
fn recall_range() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct File {
        scale: Vec<Scale>,
        recall_chunk: Vec<Load>,
        check: Vec<Check>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Scale {
        flow_length: Int,
        shard_mask: Int,
        num_shards: Option<Int>,
        scale_x64: Option<Int>,
        revert: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Load {
        range: Option<RangeVector>,
        seed: Option<Bytes>,
        value: Option<Int>,
        revert: Option<String>,
        model_position: Option<Int>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Check {
        label: String,
        range: RangeVector,
        max_end_position: Int,
        revert: Option<String>,
    }

    let File { scale, recall_chunk, check } = load("storage/recall_range.json");
    let whole = RecallRange::of(4096, 1, 0, 0).unwrap();
    for row in &scale {
        let partitions = RecallRange { shard_mask: row.shard_mask.u64(), ..whole }.partitions();
        if let Some(shards) = row.num_shards {
            assert_eq!(U256::from(partitions), shards.0);
        }
        let scale = scale_x64(row.flow_length.0, partitions);
        assert_eq!(scale.map(U256::from), row.scale_x64.map(|scale| scale.0));
        assert_eq!(scale.is_none(), row.revert.as_deref() == Some("Panic(18)"));
    }
    assert_eq!(scale.len(), 85);

    let mut past = 0;
    for row in &recall_chunk {
        let Some(vector) = &row.range else {
            // mineLength < 1024: the contract divides by zero.
            assert_eq!(row.revert.as_deref(), Some("Panic(18)"));
            let short = RecallRange { mine_length: 1023u64.into(), ..whole };
            assert_eq!((short.load_position(&[7; 32]), short.mined_position(&[7; 32])), (None, None));
            continue;
        };
        let (range, seed) = (vector.range(), row.seed.as_ref().unwrap().hash());
        let position = range.load_position(&seed).unwrap();
        let due = row.value.or(row.model_position).unwrap().0;
        assert_eq!(position, due);
        let end = range.start_position.checked_add(range.mine_length).unwrap();
        assert_eq!(row.revert.is_some(), position > end);
        if let Some(text) = &row.revert {
            assert_eq!(code_of(text), "RECALL_POSITION");
        }
        // A miner also leaves the load that begins at the end.
        assert_eq!(range.mined_position(&seed), (position < end).then(|| due.to_u64().unwrap()));
        past += usize::from(position >= end);
    }
    assert_eq!((recall_chunk.len(), past), (26, 2));

    for row in &check {
        let code = row.range.range().check(row.max_end_position.0).err().map(|error| error.code.as_str());
        assert_eq!(code.map(str::to_owned), row.revert.as_deref().map(code_of), "{}", row.label);
        // The flow's unfinished load does not count.
        let longer = row.max_end_position.0.checked_add(1023u64.into()).unwrap();
        assert_eq!(row.range.range().check(longer).err().map(|error| error.code.as_str()), code);
    }
    assert_eq!(check.len(), 12);
}

#[test]
fn pora_primitives() {
    Isa::with_each(|_| {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Case {
            miner_id: Bytes,
            nonce: Bytes,
            subtask_digest: Bytes,
            range: RangeVector,
            range_digest: Bytes,
            pad_seed: Bytes,
            scratch_pad_first_cell: Bytes,
            scratch_pad_last_cell: Bytes,
            scratch_pad_keccak: Bytes,
            recall_seed: Bytes,
            recall_chunk: Int,
            sealed_pattern: Pattern,
            offsets: Vec<Offset>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Offset {
            seal_offset: u8,
            mixed_keccak: Bytes,
            mixed_head: Bytes,
            pora_hash: Bytes,
        }

        let (mut pads, mut hashes) = (0, 0);
        for case in list::<Case>("storage/pora_primitives.json", "cases") {
            let range = case.range.range();
            assert_eq!(range.digest(), case.range_digest.hash());
            let header =
                header(&case.miner_id.hash(), &case.nonce.hash(), &case.subtask_digest.hash(), &range);
            // The first of five: in lanes where there are some.
            let mut filled = vec![Pad::default(); 5];
            fill(&header, 0, &mut filled);
            let pad = &filled[0];
            assert_eq!(*pad.seed(), case.pad_seed.array());
            assert_eq!(*pad.recall_seed(), case.recall_seed.hash());
            assert_eq!(pad.cells()[..64], case.scratch_pad_first_cell.0);
            assert_eq!(*pad.last_state(), case.scratch_pad_last_cell.array());
            assert_eq!(keccak256(pad.cells()), case.scratch_pad_keccak.hash());
            assert_eq!(range.load_position(&case.recall_seed.hash()), Some(case.recall_chunk.0));

            let sealed: [u8; 4096] = case.sealed_pattern.bytes(4096).try_into().unwrap();
            for offset in &case.offsets {
                let number = U256::from(u64::from(offset.seal_offset)).to_be_bytes();
                let quarter = pad.quarter(offset.seal_offset.into());
                let mixed: Vec<u8> = sealed.iter().zip(quarter).map(|(byte, mask)| byte ^ mask).collect();
                assert!(mixed.starts_with(&offset.mixed_head.0));
                // The hash itself is the highest threshold that it does not pass by one.
                let load = [sealed; 64];
                let wins =
                    |threshold| winning_seals(pad, load.as_flattened().try_into().unwrap(), !0, &threshold);
                let hash = offset.pora_hash.hash();
                assert_eq!(wins(hash) >> offset.seal_offset & 1, 1);
                assert_eq!(wins(less_one(hash)) >> offset.seal_offset & 1, 0);
                let steps = pora_steps(&header, &number, &sealed);
                let due = PoraSteps {
                    pad_seed: *pad.seed(),
                    last_pad_state: case.scratch_pad_last_cell.array(),
                    recall_seed: case.recall_seed.hash(),
                    pora_hash: offset.pora_hash.hash(),
                    mixed_data_keccak: offset.mixed_keccak.hash(),
                    scratch_pad_keccak: case.scratch_pad_keccak.hash(),
                };
                assert_eq!(steps, due);
                hashes += 1;
            }
            pads += 1;
        }
        assert_eq!((pads, hashes), (4, 24));
    });
}

#[test]
fn golden() {
    Isa::with_each(|_| {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Golden {
            header: Bytes,
            load_keccak: Bytes,
            pad_seed: Bytes,
            first_cell: Bytes,
            scratch_pad_keccak: Bytes,
            recall_seed: Bytes,
            modulo: [u64; 2],
            pora_hashes: Vec<PoraHash>,
            least: usize,
            pora_hashes_keccak: Bytes,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct PoraHash {
            seal_offset: usize,
            pora_hash: Bytes,
        }

        let golden: Golden = load("pora/golden.json");
        let sealed: Vec<u8> = (0..262_144).map(|j| (167 * j + 13 * (j / 256) + 7) as u8).collect();
        assert_eq!(keccak256(&sealed), golden.load_keccak.hash());
        let header = golden.header.array();
        let mut filled = vec![Pad::default(); 8];
        fill(&header, 0, &mut filled);
        let pad = &filled[0];
        let recall_seed = *pad.recall_seed();
        assert_eq!(*pad.seed(), golden.pad_seed.array());
        assert_eq!(pad.cells()[..64], golden.first_cell.0);
        assert_eq!(keccak256(pad.cells()), golden.scratch_pad_keccak.hash());
        assert_eq!(recall_seed, golden.recall_seed.hash());
        let [divisor, remainder] = golden.modulo.map(U256::from);
        assert_eq!(U256::from_be_bytes(recall_seed).div_rem(divisor).unwrap().1, remainder);

        let (seals, _) = sealed.as_chunks::<4096>();
        let hashes: Vec<Hash> = (0u64..)
            .zip(seals)
            .map(|(offset, seal)| pora_steps(&header, &U256::from(offset).to_be_bytes(), seal).pora_hash)
            .collect();
        // In lanes each seal wins at its own hash and not below.
        let load = sealed[..].try_into().unwrap();
        for (seal, &hash) in hashes.iter().enumerate() {
            assert_eq!(winning_seals(pad, load, 1 << seal, &hash), 1 << seal);
            assert_eq!(winning_seals(pad, load, !0, &less_one(hash)) >> seal & 1, 0);
        }
        for known in &golden.pora_hashes {
            assert_eq!(hashes[known.seal_offset], known.pora_hash.hash());
        }
        assert_eq!(keccak256(hashes.as_flattened()), golden.pora_hashes_keccak.hash());
        assert_eq!(hashes.iter().min(), Some(&hashes[golden.least]));
        assert_eq!((hashes.len(), golden.pora_hashes.len()), (64, 3));
    });
}

#[test]
fn sealing() {
    Isa::with_each(|_| {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Case {
            raw_pattern: Pattern,
            raw_keccak: Bytes,
            miner_id: Bytes,
            context_digest: Bytes,
            start_sector: Int,
            first_mask: Bytes,
            sealed_head: Bytes,
            sealed_tail: Bytes,
            sealed_keccak: Bytes,
            sealed_data: Option<Bytes>,
            merkle_proof: Vec<Bytes>,
            subtree_root: Bytes,
            recovered_root: Bytes,
        }

        let cases = list::<Case>("storage/seal.json", "cases");
        for case in &cases {
            let key = SealKey { miner_id: case.miner_id.hash(), context_digest: case.context_digest.hash() };
            let plain = case.raw_pattern.bytes(4096);
            assert_eq!(keccak256(&plain), case.raw_keccak.hash());
            let start = case.start_sector.u64();
            assert_eq!(first_mask(&key, start.into()), case.first_mask.hash());
            let mut sealed = vec![0; 4096];
            seal(&plain, &key, start, &mut sealed).unwrap();
            assert!(sealed.starts_with(&case.sealed_head.0));
            assert!(sealed.ends_with(&case.sealed_tail.0));
            assert_eq!(keccak256(&sealed), case.sealed_keccak.hash());
            assert!(case.sealed_data.as_ref().is_none_or(|data| data.0 == sealed));
            let mut back = vec![0; 4096];
            unseal(&sealed, &key, start, &mut back).unwrap();
            assert_eq!(back, plain);

            let leaves: Vec<u8> = back.chunks(256).flat_map(keccak256).collect();
            let mut levels = vec![0; zgkit_merkle::levels_bytes(16)];
            zgkit_merkle::merkle_levels(&leaves, &mut levels).unwrap();
            let root = *levels.last_chunk().unwrap();
            assert_eq!(root, case.subtree_root.hash());
            let siblings: Vec<Hash> = case.merkle_proof.iter().map(Bytes::hash).collect();
            assert_eq!(zgkit_merkle::flow_root(root, start / 16, &siblings), case.recovered_root.hash());
        }
        assert_eq!(cases.len(), 4);
    });
}
