//! Philox4x32-10: one block, and sixteen blocks in lanes.
//!
//! A lane is a `u64` that carries a 32-bit word in its low half; what stands in the high half is left
//! there, since the multiplication reads the low half only. A round is two multiplications, two shifts
//! and four exclusive ors on every lane.

use fearless_simd::{Simd, SimdBase, SimdNarrow, dispatch, u32x16, u64x8};

use super::Stream;
use crate::Level;

const MULTIPLIERS: [u32; 2] = [0xd251_1f53, 0xcd9e_8d57];
const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];
const ROUNDS: u32 = 10;
const LOW: u64 = 0xffff_ffff;

/// Words of a group: sixteen blocks.
pub(crate) const GROUP: usize = 64;

/// First words, or second words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plane {
    First,
    Second,
}

/// One block of Philox4x32-10: four words from a counter and a key.
///
/// ```
/// // The published answer for a counter and a key of zeros.
/// let block = evenkeel_fast::random::philox4x32([0; 4], [0; 2]);
/// assert_eq!(block, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
/// ```
#[must_use]
pub fn philox4x32(mut counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    for round in 0..ROUNDS {
        let [k0, k1] = round_key(key, round);
        let a = u64::from(MULTIPLIERS[0]) * u64::from(counter[0]);
        let b = u64::from(MULTIPLIERS[1]) * u64::from(counter[2]);
        let [above_a, above_b] = [(a >> 32) as u32, (b >> 32) as u32];
        counter = [above_b ^ counter[1] ^ k0, b as u32, above_a ^ counter[3] ^ k1, a as u32];
    }
    counter
}

/// The four words of sixteen blocks side by side: each in two vectors of eight lanes.
pub(crate) type Blocks<S> = [[u64x8<S>; 2]; 4];

/// One round on every lane.
#[inline(always)]
fn round<S: Simd>(simd: S, c: &mut Blocks<S>, key: [u32; 2]) {
    let [by0, by1] = splat(simd, MULTIPLIERS);
    let [k0, k1] = splat(simd, key);
    let low = u64x8::splat(simd, LOW);
    for half in 0..2 {
        let (a, b) = (by0 * (c[0][half] & low), by1 * (c[2][half] & low));
        c[0][half] = (b >> 32) ^ c[1][half] ^ k0;
        c[1][half] = b;
        c[2][half] = (a >> 32) ^ c[3][half] ^ k1;
        c[3][half] = a;
    }
}

#[inline(always)]
fn splat<S: Simd>(simd: S, [a, b]: [u32; 2]) -> [u64x8<S>; 2] {
    [u64x8::splat(simd, u64::from(a)), u64x8::splat(simd, u64::from(b))]
}

/// The key of a round: Weyl sequences from the key.
#[inline(always)]
fn round_key(key: [u32; 2], round: u32) -> [u32; 2] {
    [
        key[0].wrapping_add(WEYL[0].wrapping_mul(round)),
        key[1].wrapping_add(WEYL[1].wrapping_mul(round)),
    ]
}

/// The 64 words of a group, in the order of the map: word j is word j div 16 of block j mod 16.
pub(crate) type Group = [u32; GROUP];

/// Group `g` of a stream.
///
/// It is called and not inlined: ten rounds in every kernel take minutes to compile, and a call for 64
/// words takes nothing that can be measured.
#[inline(never)]
pub(crate) fn group(level: Level, stream: Stream, plane: Plane, g: u64) -> Group {
    dispatch!(level.token(), simd => one_group(simd, stream, plane, g))
}

/// Groups that are made at once: the rounds of one wait for each other, those of three fill the wait,
/// and three have room in 32 registers.
pub(crate) const AT_ONCE: usize = 3;

/// `N` groups from number `g` on, round by round.
#[inline(always)]
pub(crate) fn blocks<S: Simd, const N: usize>(
    simd: S,
    stream: Stream,
    plane: Plane,
    g: u64,
) -> [Blocks<S>; N] {
    let key = [stream.seed as u32, (stream.seed >> 32) as u32];
    let mut blocks = [counters(simd, stream, plane, g); N];
    for n in 1..N {
        blocks[n] = counters(simd, stream, plane, g.wrapping_add(n as u64));
    }
    for number in 0..ROUNDS {
        let key = round_key(key, number);
        for blocks in &mut blocks {
            round(simd, blocks, key);
        }
    }
    blocks
}

/// The counters of the sixteen blocks of group `g`.
#[inline(always)]
fn counters<S: Simd>(simd: S, stream: Stream, plane: Plane, g: u64) -> Blocks<S> {
    // Beyond the last group there is none, but it may be made among others.
    let first = g.wrapping_mul(16);
    let high = if plane == Plane::Second { 1 << 31 } else { 0 };
    let index = u64x8::splat(simd, first) + u64x8::from_slice(simd, &[0, 1, 2, 3, 4, 5, 6, 7]);
    [
        [index, index + u64x8::splat(simd, 8)],
        [u64x8::splat(simd, (first >> 32) | high); 2],
        [u64x8::splat(simd, u64::from(stream.number)); 2],
        [u64x8::splat(simd, u64::from(stream.step)); 2],
    ]
}

/// The 64 words of a group in the order of the map.
#[inline(always)]
pub(crate) fn in_order<S: Simd>(blocks: Blocks<S>) -> [u32x16<S>; 4] {
    let [a, b, c, d] = blocks;
    [a[0].narrow(a[1]), b[0].narrow(b[1]), c[0].narrow(c[1]), d[0].narrow(d[1])]
}

#[inline(always)]
fn one_group<S: Simd>(simd: S, stream: Stream, plane: Plane, g: u64) -> Group {
    let [made] = blocks::<S, 1>(simd, stream, plane, g);
    let mut words = [0; GROUP];
    for (words, lanes) in words.chunks_exact_mut(16).zip(in_order(made)) {
        lanes.store_slice(words);
    }
    words
}

/// One word, where there is one to be looked up only.
pub(crate) fn word(stream: Stream, plane: Plane, n: u64) -> u32 {
    let index = n / 64 * 16 + n % 16;
    let high = if plane == Plane::Second { 1 << 31 } else { 0 };
    let counter = [index as u32, (index >> 32) as u32 | high, stream.number, stream.step];
    philox4x32(counter, [stream.seed as u32, (stream.seed >> 32) as u32])[(n % 64 / 16) as usize]
}
