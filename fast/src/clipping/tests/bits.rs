//! The same bits on every level, on any number of threads, in place, and in a used workspace.

use super::*;

/// Lists of several tasks: one tensor, a few, many.
fn lists<T: Element>() -> Vec<Vec<Vec<T>>> {
    let mut random = Random(8);
    let lengths = [vec![300_001], vec![7, 0, 150_003, 2048, 20_000], vec![611; 300], vec![3, 17]];
    let list =
        |lengths: &Vec<usize>| lengths.iter().map(|len| draws(&mut random, *len, 1e-3)).collect();
    lengths.iter().map(list).collect()
}

/// Everything, in place: by value, by norm with an ordinary and with a tiny threshold.
fn all_bits<T: Element>(list: &[Vec<T>], w: &mut Workspace, policy: &Policy) -> Vec<u64> {
    let mut bits = Vec::new();
    for threshold in [0.02, 3e-44] {
        let mut tensors = list.to_vec();
        let mut slices: Vec<&mut [T]> = tensors.iter_mut().map(Vec::as_mut_slice).collect();
        let refuse = NonFinite::Refuse;
        let norm = by_global_norm_in_place(threshold, refuse, &mut slices, w, policy).unwrap();
        bits.push(norm.to_f64().to_bits());
        bits.extend(tensors.concat().iter().map(|y| y.to_f64().to_bits()));
    }
    let mut g = list.concat();
    by_value_in_place(1e-3, NonFinite::Refuse, &mut g, w, policy).unwrap();
    bits.extend(g.iter().map(|y| y.to_f64().to_bits()));
    bits
}

fn on_every_level<T: Element>() {
    let (mut w, policy) = workspace();
    for list in lists::<T>() {
        let expected = all_bits(&list, &mut w, &policy);
        for (level, stream_from) in
            Level::available().into_iter().flat_map(|level| [(level, 0), (level, usize::MAX)])
        {
            let policy = Policy { level, stream_from, ..policy };
            assert!(all_bits(&list, &mut w, &policy) == expected, "{level:?}, {stream_from}");
        }
    }
}

#[test]
fn every_level_gives_the_same_bits() {
    on_every_level::<f32>();
    on_every_level::<f64>();
}

fn on_any_number_of_threads<T: Element>() {
    let (mut w, policy) = workspace();
    let parallel = Policy { serial_below: 0, stream_from: 0, ..policy };
    for list in lists::<T>() {
        let expected = all_bits(&list, &mut w, &policy);
        for threads in [1, 2, 3, 7] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(|| all_bits(&list, &mut w, &parallel));
            assert!(found == expected, "{threads} threads");
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    on_any_number_of_threads::<f32>();
    on_any_number_of_threads::<f64>();
}

/// And the other way: with results of their own.
#[test]
fn in_place_gives_the_same_bits() {
    let (mut w, policy) = workspace();
    for list in lists::<f32>() {
        for threshold in [0.02, 3e-44, 1e9] {
            let slices: Vec<&[f32]> = list.iter().map(Vec::as_slice).collect();
            let (results, norm) = clipped(&slices, threshold);
            let mut tensors = list.clone();
            let mut to: Vec<&mut [f32]> = tensors.iter_mut().map(Vec::as_mut_slice).collect();
            let refuse = NonFinite::Refuse;
            let again = by_global_norm_in_place(threshold, refuse, &mut to, &mut w, &policy);
            assert_eq!(again.unwrap(), norm);
            let bits = |list: &[Vec<f32>]| -> Vec<u32> {
                list.iter().flatten().map(|y| y.to_bits()).collect()
            };
            assert!(bits(&tensors) == bits(&results));
        }
    }
}

/// By value, wherever the values begin, near and far, written apart or in place: a NaN among them stays.
fn by_value_everywhere<T: Element>() {
    let (mut w, policy) = workspace();
    for len in [0, 1, 15, 63, 200, 40_000] {
        let mut g: Vec<T> = draws(&mut Random(9), len, 1.0);
        if let Some(middle) = g.get_mut(len / 2) {
            *middle = T::round(f64::NAN);
        }
        let clip = |g: &T| T::round(g.to_f64().clamp(-0.75, 0.75));
        let canary = T::round(-777.25);
        let same = |found: &[T]| {
            found.iter().zip(&g).all(|(y, g)| {
                let expected = clip(g);
                *y == expected || (y.to_f64().is_nan() && expected.to_f64().is_nan())
            })
        };
        for (level, start) in
            Level::available().into_iter().flat_map(|l| (0..17).map(move |s| (l, s)))
        {
            for stream_from in [0, usize::MAX] {
                let policy = Policy { level, stream_from, ..policy };
                let mut room = vec![canary; len + 40];
                let pass = NonFinite::Propagate;
                by_value(0.75, pass, &g, &mut room[start..start + len], &mut w, &policy).unwrap();
                assert!(same(&room[start..start + len]), "{level:?}, {len} from {start} on");
                room[start..start + len].copy_from_slice(&g);
                by_value_in_place(0.75, pass, &mut room[start..start + len], &mut w, &policy)
                    .unwrap();
                assert!(same(&room[start..start + len]), "{level:?}, {len} from {start} on");
                let outside = room[..start].iter().chain(&room[start + len..]);
                assert!(outside.eq(&vec![canary; 40]), "{level:?}, {len} from {start} on");
            }
        }
    }
}

#[test]
fn values_are_clipped_wherever_they_begin() {
    by_value_everywhere::<f32>();
    by_value_everywhere::<f64>();
}

/// Pieces in which nothing is above the threshold are left alone, and those only.
#[test]
fn a_single_large_element_is_found() {
    let (mut w, policy) = workspace();
    for at in [0, 65_535, 65_536, 139_999] {
        for large in [0.5_f32, -3.0, f32::MAX, f32::MIN] {
            let mut g = vec![-0.25; 140_000];
            g[at] = large;
            let mut expected = g.clone();
            expected[at] = large.clamp(-0.5, 0.5);
            by_value_in_place(0.5, NonFinite::Refuse, &mut g, &mut w, &policy).unwrap();
            assert!(g == expected, "{large} at {at}");
        }
    }
}
