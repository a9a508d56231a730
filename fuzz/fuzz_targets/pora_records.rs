//! The kernels of sealing and mining: records, lengths and numbers of any kind.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zgkit_pora::{
    JOB_BYTES, SEEK_BYTES, STEPS_BYTES, mix_record, pora_steps_record, seal_record, seek_record,
    unseal_record,
};

type Input = (Vec<u8>, Vec<u8>, Vec<u8>, [f64; 2], u8, bool);

fuzz_target!(|input: Input| {
    let (mut job, mut data, key, numbers, fill, fit) = input;
    // Most inputs would only meet the checks of lengths.
    if fit {
        job.resize(JOB_BYTES, fill);
        data.resize(data.len().next_multiple_of(4096).min(8192), fill);
    }
    let mut sealed = vec![0; data.len()];
    let mut plain = vec![0; data.len()];
    let [first, nonces] = numbers;
    if seal_record(&data, &key, &[fill; 32], first, &mut sealed).is_ok() {
        unseal_record(&sealed, &key, &[fill; 32], first, &mut plain).expect("what was sealed");
        assert_eq!(plain, data);
    }

    let count = if fit { 1.0 } else { nonces };
    let mut rows = vec![0; SEEK_BYTES * if fit { 1 } else { usize::from(fill) % 3 }];
    let _ = seek_record(&job, first, count, &mut rows);
    let loads = vec![fill; if fit { 262_144 } else { data.len() }];
    let _ = mix_record(&job, &rows, &loads, &[fill; 8], &mut [0; 8]);
    let _ = pora_steps_record(&job, &[fill; 32], &data, &mut [0; STEPS_BYTES]);
});
