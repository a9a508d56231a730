//! The forms that use all threads give the bytes of those that use one.
#![cfg(feature = "parallel")]

use zgkit_erasure::{
    ErasureCode, add_record, chunk_hashes_record, par_add_record, par_chunk_hashes_record, par_solve_record,
    par_verify_record, solve_record, unchecked, verify_record,
};

const LENGTHS: [usize; 6] = [1, 63, 4096, 100_003, 1 << 20, (1 << 22) + 65];

fn painted(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 7 + i / 251) as u8).collect()
}

#[test]
fn shards_are_the_same() {
    for length in LENGTHS {
        let data = painted(6 * length);
        let (present, wanted) = ([0, 1, 2, 3, 4, 5], [6, 7, 8, 9]);
        let shape = [2.0, 6.0, 4.0, length as f64];
        let (mut one, mut many) = (vec![0; 4 * length], vec![1; 4 * length]);
        solve_record(&data, &present, &wanted, &[], shape, &mut one).unwrap();
        par_solve_record(&data, &present, &wanted, &[], shape, &mut many).unwrap();
        assert!(one == many, "solve {length}");

        let sums = one.clone();
        let lists = [&[3, 0][..], &present, &wanted];
        add_record(&sums, &data[..2 * length], lists, &[], shape, &mut one).unwrap();
        par_add_record(&sums, &data[..2 * length], lists, &[], shape, &mut many).unwrap();
        assert!(one == many && one != sums, "add {length}");

        let mut all = [data, sums].concat();
        let (mut one, mut many) = ([1; 16], [2; 16]);
        verify_record(&all, &[], shape, &mut one).unwrap();
        par_verify_record(&all, &[], shape, &mut many).unwrap();
        assert_eq!((one, many), ([0; 16], [0; 16]), "verify {length}");
        // Two differences: the one at the lower place is found, by any number of threads.
        all[9 * length - 1] ^= 1;
        all[9 * length + length / 2] ^= 1;
        verify_record(&all, &[], shape, &mut one).unwrap();
        par_verify_record(&all, &[], shape, &mut many).unwrap();
        assert_eq!(one, many, "verify {length}");
        let shards: Vec<&[u8]> = all.chunks_exact(length).collect();
        let found = unchecked::verify(&ErasureCode::cauchy(6, 4).unwrap(), &shards).unwrap().unwrap();
        assert_eq!(found.place, length / 2);
    }
}

#[test]
fn leaves_are_the_same() {
    for (count, length) in [(1, 1), (7, 100), (8, 4096), (9, 4096), (67, 1000), (3, 1 << 20)] {
        let chunks = painted(count * length);
        let (mut one, mut many) = (vec![0; 32 * count], vec![1; 32 * count]);
        chunk_hashes_record(&chunks, length as f64, &mut one).unwrap();
        par_chunk_hashes_record(&chunks, length as f64, &mut many).unwrap();
        assert_eq!(one, many, "{count} of {length}");
    }
}
