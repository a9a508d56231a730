//! Properties, and input that is refused.

mod less_one;

use std::ops::ControlFlow;

use less_one::less_one;
use proptest::prelude::*;
use zgkit_core::{Code, Isa, U256};
use zgkit_hash::keccak256;
use zgkit_pora::*;

const KEY: SealKey = SealKey { miner_id: [3; 32], context_digest: [5; 32] };

/// Bytes with period 251: no block of a power of two looks like another.
fn painted(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i % 251 + 1) as u8).collect()
}

fn task(flow_length: u64, target: U256) -> MineTask {
    let context = MineContext { flow_root: [0; 32], flow_length: flow_length.into(), digest: [1; 32] };
    MineTask { context, pora_target: target, subtask_digest: [2; 32], max_shards: 64 }
}

/// A job of a flow of 64 loads, and its record.
fn job(threshold: U256) -> (Job, Vec<u8>) {
    let range = RecallRange::of(65_536, 4, 1, 0).unwrap();
    let job =
        Job { miner_id: [3; 32], subtask_digest: [2; 32], base_nonce: keccak256(b"base"), threshold, range };
    let numbers = [0, 65_536, range.shard_id, range.shard_mask];
    let hashes = [job.miner_id, job.subtask_digest, job.base_nonce, threshold.to_be_bytes()];
    let record = [hashes.as_flattened(), numbers.map(u64::to_le_bytes).as_flattened()].concat();
    assert_eq!(Job::from_record(&record), Ok(job));
    (job, record)
}

#[test]
fn pieces_are_sealed_one_by_one() {
    Isa::with_each(|_| {
        let plain = painted(5 * 4096);
        let mut sealed = vec![0; plain.len()];
        seal(&plain, &KEY, 32, &mut sealed).unwrap();
        for (index, piece) in plain.chunks(4096).enumerate() {
            let mut one = vec![0; 4096];
            seal(piece, &KEY, 32 + 16 * index as u64, &mut one).unwrap();
            assert_eq!(one, sealed[index * 4096..][..4096]);
        }
        let mut back = vec![0; plain.len()];
        unseal(&sealed, &KEY, 32, &mut back).unwrap();
        assert_eq!(back, plain);
    });
}

#[test]
fn any_number_of_pieces_pads_and_seals_equals_one_at_a_time() {
    let (plain, load) = (painted(17 * 4096), painted(262_144));
    let load = load[..].try_into().unwrap();
    let (job, _) = job(U256::MAX.shr(4));
    Isa::PORTABLE.make_current();
    let mut sealed = vec![0; plain.len()];
    for (piece, out) in sealed.chunks_mut(4096).enumerate() {
        seal(&plain[4096 * piece..][..4096], &KEY, 160 + 16 * piece as u64, out).unwrap();
    }
    let mut pads = vec![Pad::default(); 17];
    for (pad, number) in pads.iter_mut().zip(u64::MAX - 8..=u64::MAX) {
        job.seek(number, core::slice::from_mut(pad));
    }
    for (pad, number) in pads[9..].iter_mut().zip(0..) {
        job.seek(number, core::slice::from_mut(pad));
    }
    let wins: u64 = (0..64).map(|seal| job.try_load(&pads[3], load, 1 << seal)).sum();

    Isa::with_each(|isa| {
        for pieces in 0..=17 {
            let length = pieces * 4096;
            let (mut out, mut back, mut many) =
                (vec![0; length], vec![0; length], vec![Pad::default(); pieces]);
            if pieces > 0 {
                seal(&plain[..length], &KEY, 160, &mut out).unwrap();
                unseal(&out, &KEY, 160, &mut back).unwrap();
            }
            assert_eq!(
                (&out[..], &back[..]),
                (&sealed[..length], &plain[..length]),
                "{} {pieces}",
                isa.name()
            );
            // The counter passes from the last number to the first.
            job.seek(u64::MAX - 8, &mut many);
            assert_eq!(many, pads[..pieces], "{} {pieces}", isa.name());
        }
        assert_eq!(job.try_load(&pads[3], load, !0), wins, "{}", isa.name());
    });
}

#[cfg(feature = "parallel")]
#[test]
fn parallel_records_equal_sequential_ones() {
    let (_, record) = job(U256::MAX.shr(6));
    let (plain, loads) = (painted(101 * 4096), painted(35 * 262_144));
    let (mut one, mut many) = (vec![0; plain.len()], vec![0; plain.len()]);
    seal_record(&plain, &[1; 32], &[2; 32], 32.0, &mut one).unwrap();
    par_seal_record(&plain, &[1; 32], &[2; 32], 32.0, &mut many).unwrap();
    assert_eq!(one, many);
    par_unseal_record(&one, &[1; 32], &[2; 32], 32.0, &mut many).unwrap();
    assert_eq!(plain, many);

    let (mut one, mut many) = (vec![0; 35 * SEEK_BYTES], vec![0; 35 * SEEK_BYTES]);
    seek_record(&record, 9.0, 35.0, &mut one).unwrap();
    par_seek_record(&record, 9.0, 35.0, &mut many).unwrap();
    assert_eq!(one, many);
    let (mut wins, mut par_wins) = ([0; 35 * 8], [0; 35 * 8]);
    mix_record(&record, &one, &loads, &[0xfe; 35 * 8], &mut wins).unwrap();
    par_mix_record(&record, &one, &loads, &[0xfe; 35 * 8], &mut par_wins).unwrap();
    assert_eq!(wins, par_wins);
    assert_ne!(wins, [0; 35 * 8]);
}

#[test]
fn words_unseal_from_any_word_on() {
    Isa::with_each(|_| {
        let plain = painted(4096);
        let mut sealed = vec![0; 4096];
        seal(&plain, &KEY, 64, &mut sealed).unwrap();
        for from in 0..128 {
            let mask = if from == 0 {
                first_mask(&KEY, 64u64.into())
            } else {
                keccak256(&sealed[(from - 1) * 32..][..32])
            };
            for to in [from, from + 1, 128] {
                let mut out = vec![0; (to - from) * 32];
                unseal_words(&mask, &sealed[from * 32..to * 32], &mut out).unwrap();
                assert_eq!(out, plain[from * 32..to * 32]);
            }
        }
    });
}

#[test]
fn partitions_cover_the_range_exactly_once() {
    for (flow_length, partitions) in [(65_536, 1), (65_536, 4), (69_632 + 7, 8), (1 << 37, 2)] {
        let loads: u64 = 64.min(flow_length / 1024);
        let mut owners = vec![0; loads as usize];
        for partition in 0..partitions {
            let range = RecallRange::of(flow_length, partitions, partition, 0).unwrap();
            assert_eq!(range.check(flow_length.into()), Ok(()));
            assert_eq!(range.partitions(), partitions.into());
            for drawn in 0..loads {
                // A seed that draws this load.
                let seed = U256::from(drawn).to_be_bytes();
                let position = range.load_position(&seed).unwrap().to_u64().unwrap();
                assert_eq!(position / 1024 % partitions, partition);
                if drawn % partitions == partition {
                    assert_eq!(position, drawn * 1024);
                    assert_eq!(range.mined_position(&seed), Some(position));
                    owners[drawn as usize] += 1;
                }
            }
        }
        assert!(owners.iter().all(|&count| count == 1), "{flow_length} {partitions}");
    }
}

#[test]
fn the_range_of_a_flow_passes_its_check() {
    for flow_length in [1024, 1025, 38_400, 1 << 35, (1 << 35) + 5000, (1 << 38) + 77, 1 << 60] {
        for partitions in [1, 2, 64, 1 << 20] {
            for wanted in [0, 1 << 25, (1 << 36) + 1, u64::MAX] {
                let range = RecallRange::of(flow_length, partitions, partitions - 1, wanted).unwrap();
                assert_eq!(range.check(flow_length.into()), Ok(()), "{flow_length} {partitions} {wanted}");
            }
        }
    }
    for (partitions, partition) in [(0, 0), (3, 0), (4, 4), (1, 1)] {
        assert_eq!(RecallRange::of(4096, partitions, partition, 0).unwrap_err().code, Code::Range);
    }
    let all = RecallRange { shard_mask: 0, ..RecallRange::of(4096, 1, 0, 0).unwrap() };
    assert_eq!(all.partitions(), 1 << 64);
    assert_eq!(RecallRange::of(u64::MAX, 1 << 63, 1, 0).unwrap().check(u64::MAX.into()), Ok(()));
}

#[test]
fn targets_at_their_edges() {
    assert_eq!(target_of(1u64.into()), Ok(U256::MAX));
    assert_eq!(target_of(U256::MAX), Ok(1u64.into()));
    assert_eq!(target_of(U256::ZERO).unwrap_err().code, Code::Range);
    assert_eq!(threshold(U256::MAX, (1 << 64) - 1).unwrap_err().code, Code::Range);
    assert_eq!(threshold(U256::MAX, 0).unwrap_err().code, Code::Range);
    assert_eq!(threshold(U256::ZERO, 1 << 64), Ok(U256::ZERO));
    let highest = threshold(U256::MAX, 1 << 64).unwrap();
    assert_eq!(highest, U256::MAX.shr(64).checked_shl(64).unwrap());
    assert_eq!(scale_x64(U256::MAX, 1), Some(1 << 64));
    assert_eq!(scale_x64(U256::MAX, 1 << 64), Some(1 << 64));
    assert_eq!(scale_x64(1u64.into(), 1), Some(1 << 64));
    for partitions in [2, 1 << 64] {
        assert_eq!(scale_x64(1u64.into(), partitions), None);
    }
    assert_eq!(scale_x64(1u64.into(), 0), None);
    assert_eq!(scale_x64(U256::ZERO, 1), None);
}

#[test]
fn missing_seals_do_not_shift_the_others() {
    Isa::with_each(|_| {
        let load = painted(262_144);
        let (job, record) = job(U256::MAX.shr(3));
        let mut pad = Pad::default();
        job.seek(0, core::slice::from_mut(&mut pad));
        let mut row = [0; SEEK_BYTES];
        seek_record(&record, 0.0, 1.0, &mut row).unwrap();
        let load: &[u8; 262_144] = load[..].try_into().unwrap();
        let all = job.try_load(&pad, load, u64::MAX);
        assert!(all.count_ones() > 1 && all.count_zeros() > 1);
        for available in [0, 1, 1 << 63, 0x5555_5555_5555_5555, !0xf0f0, u64::MAX] {
            assert_eq!(job.try_load(&pad, load, available), all & available);
            let mut wins = [0xff; 8];
            mix_record(&record, &row, load, &available.to_le_bytes(), &mut wins).unwrap();
            assert_eq!(u64::from_le_bytes(wins), all & available);
        }
        // A hash that equals the threshold wins; one above does not.
        let header = header(&job.miner_id, &job.base_nonce, &job.subtask_digest, &job.range);
        let hash = pora_steps(&header, &[0; 32], load.first_chunk().unwrap()).pora_hash;
        let at = |threshold| {
            let mut other = job;
            other.threshold = threshold;
            other.try_load(&pad, load, 1)
        };
        assert_eq!(at(U256::from_be_bytes(hash)), 1);
        let below = U256::from_be_bytes(less_one(hash));
        assert_eq!(at(below), 0);
        assert_eq!(at(U256::MAX), 1);
        assert_eq!(at(U256::ZERO), 0);
    });
}

#[test]
fn records_say_what_the_functions_say() {
    Isa::with_each(|_| {
        let (job, record) = job(U256::MAX.shr(5));
        let mut rows = vec![0; 40 * SEEK_BYTES];
        seek_record(&record, 250.0, 40.0, &mut rows).unwrap();
        let mut outside = 0;
        for (row, index) in rows.chunks(SEEK_BYTES).zip(250u64..) {
            let mut nonce = job.base_nonce;
            nonce[0] ^= index as u8;
            nonce[1] ^= (index >> 8) as u8;
            assert_eq!(job.nonce(index), nonce);
            // One alone, from a header with its nonce.
            let mut pad = [Pad::default()];
            fill(&header(&job.miner_id, &nonce, &job.subtask_digest, &job.range), 0, &mut pad);
            let [pad] = pad;
            let position = job.range.mined_position(pad.recall_seed());
            let parts = [
                &pad.seed()[..],
                pad.recall_seed(),
                &position.unwrap_or(u64::MAX).to_le_bytes(),
                pad.cells(),
            ];
            assert_eq!(*row, parts.concat());
            outside += usize::from(position.is_none());
            assert_eq!(position.map(|position| position / 1024 % 4), position.map(|_| 1));
        }
        assert_eq!(outside, 0);

        let loads = painted(3 * 262_144);
        let rows = &rows[..3 * SEEK_BYTES];
        let available = [u64::MAX, 0, u64::MAX >> 7].map(u64::to_le_bytes);
        let mut wins = [0; 24];
        mix_record(&record, rows, &loads, available.as_flattened(), &mut wins).unwrap();
        for one in 0..3 {
            let mut alone = [0; 8];
            let (row, load) = (&rows[one * SEEK_BYTES..][..SEEK_BYTES], &loads[one * 262_144..][..262_144]);
            mix_record(&record, row, load, &available[one], &mut alone).unwrap();
            assert_eq!(alone, wins[one * 8..][..8]);
        }
        assert_eq!(wins[8..16], [0; 8]);
        assert_ne!(wins[..8], [0; 8]);
    });
}

#[test]
fn nonces_without_a_load_are_marked() {
    let (_, record) = job(U256::MAX);
    let positions = |start: u64, length: u64, id: u64| {
        let mut record = record.clone();
        for (place, number) in [(128, start), (136, length), (144, id), (152, !7)] {
            record[place..place + 8].copy_from_slice(&number.to_le_bytes());
        }
        let mut rows = vec![0; 16 * SEEK_BYTES];
        seek_record(&record, 0.0, 16.0, &mut rows).unwrap();
        let numbers = rows.chunks(SEEK_BYTES).map(|row| u64::from_le_bytes(row[96..104].try_into().unwrap()));
        numbers.collect::<Vec<_>>()
    };
    assert_eq!(positions(0, 1023, 0), [u64::MAX; 16]);
    // One load, and a partition that has none of it: at the range's end, and past it.
    assert_eq!(positions(0, 1024, 1), [u64::MAX; 16]);
    assert_eq!(positions(0, 1024, 2), [u64::MAX; 16]);
    assert_eq!(positions(0, 1024, 0), [0; 16]);
    // A position that 64 bits do not hold.
    assert_eq!(positions(u64::MAX, 8192, 1), [u64::MAX; 16]);
}

#[test]
fn mining_stops_counts_and_finds_what_seek_and_mix_find() {
    Isa::with_each(|_| {
        let flow_length = 65_536;
        let task = task(flow_length, U256::MAX.shr(9));
        let range = RecallRange::of(flow_length, 4, 1, 0).unwrap();
        let load = painted(262_144);
        let load: &[u8; 262_144] = load[..].try_into().unwrap();
        // Every fourth load of the partition is not there.
        let loader = |number: u64, into: &mut [u8; 262_144]| {
            into.copy_from_slice(load);
            if (number / 4).is_multiple_of(4) { 0 } else { u64::MAX >> 1 }
        };
        let mut miner = Miner::new(&task, [3; 32], range, [9; 32], loader).unwrap();
        let mut found = Vec::new();
        let next = miner.run(
            10..70,
            || false,
            |win| {
                found.push(win.into_answer([1; 32], vec![]));
                ControlFlow::Continue(())
            },
        );
        let counters = miner.counters();
        assert_eq!((next, counters.pads), (70, 60));
        assert_eq!(counters.loads + counters.missing + counters.outside, 60);
        assert_eq!(counters.mixes, counters.loads * 63);
        assert!(counters.missing > 0 && counters.loads > 0);
        assert_eq!(counters.hits, found.len() as u64);

        let job = *miner.job();
        let mut pad = Pad::default();
        let mut due = Vec::new();
        for index in 10..70 {
            job.seek(index, core::slice::from_mut(&mut pad));
            let position = job.load_position(&pad);
            let Some(position) = position.filter(|position| position / 4096 % 4 != 0) else { continue };
            let wins = job.try_load(&pad, load, u64::MAX >> 1);
            due.extend((0..64).filter(|s| wins >> s & 1 == 1).map(|s| (job.nonce(index), position + 16 * s)));
        }
        let got: Vec<_> =
            found.iter().map(|answer| (answer.nonce, answer.recall_position.to_u64().unwrap())).collect();
        assert_eq!(got, due);
        assert!(!due.is_empty());

        // Asked before every nonce; breaking off after a win goes on behind its nonce.
        let mut asked = 0;
        let stopped = miner.run(
            0..u64::MAX,
            || {
                asked += 1;
                asked > 3
            },
            |_| ControlFlow::Continue(()),
        );
        assert_eq!((stopped, asked), (3, 4));
        let first = found[0].nonce;
        let after = miner.run(10..70, || false, |_| ControlFlow::Break(()));
        assert_eq!(job.nonce(after - 1), first);
    });
}

#[test]
fn miners_of_what_cannot_win_are_refused() {
    let range = RecallRange::of(65_536, 4, 1, 0).unwrap();
    let load = |_: u64, _: &mut [u8; 262_144]| 0u64;
    let good = task(65_536, U256::MAX);
    let code = |task: &MineTask, id: u8, range| {
        Miner::new(task, [id; 32], range, [9; 32], load).err().map(|e| e.code)
    };
    assert_eq!(code(&good, 3, range), None);
    assert_eq!(code(&good, 0, range), Some(Code::MinerIdZero));
    let mut task = good;
    task.context.digest = EMPTY_CONTEXT;
    assert_eq!(code(&task, 3, range), Some(Code::ContextEmpty));
    assert_eq!(code(&good, 3, RecallRange { shard_id: 4, ..range }), Some(Code::ShardIdMasked));
    assert_eq!(code(&MineTask { max_shards: 3, ..good }, 3, range), Some(Code::ShardsExceeded));
    assert_eq!(code(&MineTask { pora_target: U256::ZERO, ..good }, 3, range), Some(Code::Range));
    task = good;
    task.context.flow_length = 1023u64.into();
    assert_eq!(code(&task, 3, RecallRange::of(1023, 1, 0, 0).unwrap()), Some(Code::Range));
    let window = U256::from(WINDOW_SECTORS);
    task.context.flow_length = U256::MAX;
    let range = RecallRange { mine_length: window, shard_id: 0, shard_mask: u64::MAX, ..range };
    assert_eq!(code(&task, 3, range), Some(Code::Range));
}

#[test]
fn bad_input_is_refused() {
    let mut out = [0; 8192];
    let code = |result: zgkit_core::Result<()>| result.unwrap_err().code;
    let data = painted(8192);
    assert_eq!(code(seal(&[], &KEY, 0, &mut [])), Code::EmptyInput);
    assert_eq!(code(unseal(&[], &KEY, 0, &mut [])), Code::EmptyInput);
    assert_eq!(code(seal(&data[..4097], &KEY, 0, &mut out[..4097])), Code::BufferLength);
    assert_eq!(code(unseal(&data[..4095], &KEY, 0, &mut out[..4095])), Code::BufferLength);
    assert_eq!(code(seal(&data, &KEY, 0, &mut out[..4096])), Code::BufferLength);
    assert_eq!(code(seal(&data, &KEY, 8, &mut out)), Code::Range);
    assert_eq!(code(seal(&data, &KEY, u64::MAX - 15, &mut out)), Code::Range);
    assert_eq!(code(unseal_words(&[0; 32], &data[..33], &mut out[..33])), Code::BufferLength);
    assert_eq!(code(unseal_words(&[0; 32], &data[..4128], &mut out[..4128])), Code::BufferLength);
    assert_eq!(code(unseal_words(&[0; 32], &data[..32], &mut out[..64])), Code::BufferLength);

    let id = [1; 32];
    assert_eq!(code(seal_record(&[], &id, &id, 0.0, &mut [])), Code::EmptyInput);
    assert_eq!(code(seal_record(&data, &id[1..], &id, 0.0, &mut out)), Code::BufferLength);
    assert_eq!(code(unseal_record(&data, &id, &id[1..], 0.0, &mut out)), Code::BufferLength);
    for sector in [-16.0, 0.5, f64::NAN, 9_007_199_254_740_992.0, 17.0] {
        assert_eq!(code(unseal_record(&data, &id, &id, sector, &mut out)), Code::Range);
    }

    let (_, record) = job(U256::MAX);
    let mut row = [0; SEEK_BYTES];
    assert_eq!(code(seek_record(&record[1..], 0.0, 1.0, &mut row)), Code::BufferLength);
    assert_eq!(code(seek_record(&record, 0.0, 0.0, &mut [])), Code::EmptyInput);
    assert_eq!(code(seek_record(&record, 0.0, 4097.0, &mut [])), Code::LimitExceeded);
    assert_eq!(code(seek_record(&record, 0.0, 2.0, &mut row)), Code::BufferLength);
    assert_eq!(code(seek_record(&record, -1.0, 1.0, &mut row)), Code::Range);
    assert_eq!(code(seek_record(&record, 0.0, 1.5, &mut row)), Code::Range);

    let load = vec![0; 262_144];
    let mix = |record: &[u8], rows: usize, load: &[u8], available: usize, wins: usize| {
        code(mix_record(record, &vec![0; rows], load, &vec![0; available], &mut vec![0; wins]))
    };
    assert_eq!(mix(&record[1..], SEEK_BYTES, &load, 8, 8), Code::BufferLength);
    assert_eq!(mix(&record, 0, &[], 0, 0), Code::EmptyInput);
    for (rows, length, available, wins) in [
        (SEEK_BYTES - 1, 262_144, 8, 8),
        (2 * SEEK_BYTES, 262_144, 8, 8),
        (SEEK_BYTES, 262_143, 8, 8),
        (SEEK_BYTES, 262_144, 7, 8),
        (SEEK_BYTES, 262_144, 8, 16),
    ] {
        assert_eq!(mix(&record, rows, &load[..length], available, wins), Code::BufferLength);
    }

    let mut steps = [0; STEPS_BYTES];
    for (header, offset, seal, length) in
        [(127, 32, 4096, 256), (128, 31, 4096, 256), (128, 32, 4095, 256), (128, 32, 4096, 255)]
    {
        let result = pora_steps_record(&data[..header], &data[..offset], &data[..seal], &mut steps[..length]);
        assert_eq!(code(result), Code::BufferLength);
    }
    assert_eq!(pora_steps_record(&data[..128], &id, &data[..4096], &mut steps), Ok(()));
}

proptest! {
    #[test]
    fn unsealing_undoes_sealing(data in proptest::collection::vec(any::<u8>(), 4096), id: [u8; 32], context: [u8; 32], seal_index in 0u64..1 << 49, bit in 0usize..32_768) {
        let key = SealKey { miner_id: id, context_digest: context };
        let sector = seal_index * 16;
        let (mut sealed, mut back) = ([0; 4096], [0; 4096]);
        seal(&data, &key, sector, &mut sealed).unwrap();
        unseal(&sealed, &key, sector, &mut back).unwrap();
        prop_assert_eq!(&back[..], &data[..]);
        // One sealed bit decides its own word and the next, no other.
        sealed[bit / 8] ^= 1 << (bit % 8);
        unseal(&sealed, &key, sector, &mut back).unwrap();
        let word = bit / 256;
        for (index, (got, due)) in back.chunks(32).zip(data.chunks(32)).enumerate() {
            prop_assert_eq!(got != due, index == word || index == word + 1);
        }
    }

    #[test]
    fn any_range_has_a_verdict_and_a_position_in_its_partition(start: [u8; 32], length: [u8; 32], shift in 0u32..256, id: u64, mask: u64, seed: [u8; 32], flow: [u8; 32]) {
        let range = RecallRange {
            start_position: U256::from_be_bytes(start).shr(shift),
            mine_length: U256::from_be_bytes(length).shr(shift),
            shard_id: id,
            shard_mask: mask,
        };
        let _ = range.check(U256::from_be_bytes(flow).shr(shift));
        let _ = scale_x64(U256::from_be_bytes(flow).shr(shift), range.partitions());
        let short = range.mine_length < 1024u64.into();
        let past = range.start_position.checked_add(U256::from(u128::from(u64::MAX) << 10)).is_none();
        prop_assert!(short || past || range.load_position(&seed).is_some());
        prop_assert!(!short || range.load_position(&seed).is_none());
        if let Some(position) = range.mined_position(&seed) {
            prop_assert_eq!(Some(U256::from(position)), range.load_position(&seed));
        }
    }
}
