//! Parity of data shards that lie one after the other from a cache line on: by zgkit's unchecked codec, without bindings, and by
//! `reed-solomon-erasure`.

use std::time::Duration;

use reed_solomon_erasure::galois_8::ReedSolomon;
use zgkit_bench_scalar::{Shape, aligned, measure, measure_on};
use zgkit_core::Isa;
use zgkit_erasure::unchecked::Plan;
use zgkit_erasure::{ErasureCode, chunk_hashes};

/// What makes a form of zgkit also hash all chunks, as a commitment needs them; Node calls it the same.
const HASHED: &str = "with commitment hashes";

/// Measures `encode SHAPE`.
pub fn encode(subject: &str, shape: &Shape, limit: Duration, input: &[u8]) -> Result<(), String> {
    let mut memory = Vec::new();
    let data = aligned(&mut memory, input.len());
    data.copy_from_slice(input);
    let shards: Vec<&[u8]> = data.chunks_exact(shape.length).collect();
    match subject.strip_prefix("zgkit") {
        Some(form) => zgkit(form.trim_start(), shape, limit, data, &shards),
        None if subject == "reed-solomon-erasure" => {
            let code = ReedSolomon::new(shape.data, shape.parity).map_err(|error| error.to_string())?;
            measure(limit, shape.parity_bytes(), |out| {
                let mut parity: Vec<&mut [u8]> = out.chunks_exact_mut(shape.length).collect();
                code.encode_sep(&shards, &mut parity).expect("lengths fit");
            });
            Ok(())
        }
        None => Err(format!("there is no erasure code of {subject} here")),
    }
}

/// `form` is [`HASHED`] or not, and the instruction set if it is not the best.
fn zgkit(form: &str, shape: &Shape, limit: Duration, data: &[u8], shards: &[&[u8]]) -> Result<(), String> {
    let (hashed, isa) = match form.strip_prefix(HASHED) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, form),
    };
    if !isa.is_empty() {
        Isa::named(isa).map_err(|error| format!("{isa}: {error}"))?.make_current();
    }
    let code = ErasureCode::vandermonde(shape.data, shape.parity).map_err(|error| error.to_string())?;
    let plan = Plan::encode(&code);
    let length = shape.parity_bytes() + if hashed { shape.hash_bytes() } else { 0 };
    measure_on(Isa::current().name(), limit, length, |out| {
        let (parity, leaves) = out.split_at_mut(shape.parity_bytes());
        plan.run(shards, &mut parity.chunks_exact_mut(shape.length).collect::<Vec<_>>())
            .expect("lengths fit");
        if hashed {
            let (of_data, of_parity) = leaves.split_at_mut(data.len() / shape.chunk() * 32);
            chunk_hashes(data, shape.chunk(), of_data).expect("lengths fit");
            chunk_hashes(parity, shape.chunk(), of_parity).expect("lengths fit");
        }
    });
    Ok(())
}
