//! The step with clipped gradients beside clipping and the step apart.

use super::*;
use crate::regularization::{self, Decay, Step};

/// Shapes with one large tensor, many small ones, tails and empty ones.
const SHAPES: [&[usize]; 4] = [&[100_003], &[7, 0, 33_000, 2048, 513, 1], &[256; 200], &[]];

const DECAYS: [Decay; 3] = [Decay::Coupled, Decay::Decoupled, Decay::None];

struct Case<T> {
    gradients: Vec<Vec<T>>,
    weights: Vec<Vec<T>>,
    scales: Vec<Option<Vec<T>>>,
}

impl<T: Element> Case<T> {
    fn new(sizes: &[usize]) -> Self {
        let mut random = Random(11);
        let mut list = |magnitude: f64| -> Vec<Vec<T>> {
            sizes.iter().map(|&size| draws(&mut random, size, magnitude)).collect()
        };
        let (gradients, weights, scales) = (list(3.0), list(1.0), list(2.0));
        let some = |(t, scale): (usize, Vec<T>)| (t % 2 == 1).then_some(scale);
        Self { gradients, weights, scales: scales.into_iter().enumerate().map(some).collect() }
    }

    fn slopes(&self) -> Vec<Slope<'_, T>> {
        let scales = self.scales.iter().map(Option::as_deref);
        let all = self.gradients.iter().zip(scales).enumerate();
        all.map(|(t, (gradient, scale))| Slope { decay: DECAYS[t % 3], gradient, scale }).collect()
    }

    fn fused(&self, rule: &Descent, w: &mut Workspace, policy: &Policy) -> (Vec<Vec<T>>, T) {
        let mut weights = self.weights.clone();
        let mut list: Vec<&mut [T]> = weights.iter_mut().map(Vec::as_mut_slice).collect();
        let norm = descend(rule, &self.slopes(), &mut list, w, policy).unwrap();
        (weights, norm)
    }

    /// Clipping and then the step of each tensor, by the functions that stand alone.
    fn apart(&self, rule: &Descent) -> (Vec<Vec<T>>, T) {
        let (mut w, policy) = workspace();
        let (mut gradients, mut weights) = (self.gradients.clone(), self.weights.clone());
        let mut list: Vec<&mut [T]> = gradients.iter_mut().map(Vec::as_mut_slice).collect();
        let Descent { threshold, non_finite, learning_rate, lambda } = *rule;
        let norm =
            by_global_norm_in_place(threshold, non_finite, &mut list, &mut w, &policy).unwrap();
        for (t, (weights, gradient)) in weights.iter_mut().zip(&gradients).enumerate() {
            let ones = vec![T::round(1.0); gradient.len()];
            let scale = self.scales[t].as_ref().unwrap_or(&ones);
            let step = |lambda| Step { learning_rate, lambda, scale, gradient };
            let (own, w) = (weights, &mut w);
            match DECAYS[t % 3] {
                Decay::Coupled => {
                    regularization::penalized_step_in_place(&step(lambda), own, w, &policy)
                }
                Decay::Decoupled => {
                    regularization::decayed_step_in_place(&step(lambda), own, w, &policy)
                }
                // 0·w + ĝ is ĝ for finite weights.
                Decay::None => regularization::penalized_step_in_place(&step(0.0), own, w, &policy),
            }
            .unwrap();
        }
        (weights, norm)
    }
}

fn bits<T: Element>(result: &(Vec<Vec<T>>, T)) -> Vec<u64> {
    let all = result.0.iter().flatten().chain([&result.1]);
    all.map(|value| value.to_f64().to_bits()).collect()
}

/// Clips, does not clip, and clips to subnormal numbers.
fn rules() -> impl Iterator<Item = Descent> {
    let rule = |(threshold, lambda)| {
        let non_finite = NonFinite::Refuse;
        Descent { threshold, non_finite, learning_rate: 0.3, lambda }
    };
    [(0.5, 0.01), (1e9, 0.01), (3e-44, 0.7), (0.0, 0.1), (0.5, 0.0)].into_iter().map(rule)
}

fn like_both_apart<T: Element>() {
    let (mut w, policy) = workspace();
    for case in SHAPES.map(Case::<T>::new) {
        for rule in rules() {
            let expected = bits(&case.apart(&rule));
            for level in Level::available() {
                let policy = Policy { level, ..policy };
                assert!(
                    bits(&case.fused(&rule, &mut w, &policy)) == expected,
                    "{rule:?} {level:?}"
                );
            }
            let parallel = Policy { serial_below: 0, ..policy };
            for threads in [1, 2, 3, 7] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let found = pool.install(|| bits(&case.fused(&rule, &mut w, &parallel)));
                assert!(found == expected, "{rule:?} on {threads} threads");
            }
        }
    }
}

#[test]
fn the_bits_are_those_of_clipping_and_a_step() {
    like_both_apart::<f32>();
    like_both_apart::<f64>();
}

#[test]
fn what_is_not_finite_is_clipped_by_the_same_rule() {
    let (mut w, policy) = workspace();
    for bad in [f32::NAN, f32::INFINITY] {
        let mut case = Case::<f32>::new(&[40, 2000, 30]);
        case.gradients[1][1500] = bad;
        let mut rule = rules().next().unwrap();
        for non_finite in [NonFinite::Propagate, NonFinite::Zero] {
            rule.non_finite = non_finite;
            assert_eq!(bits(&case.fused(&rule, &mut w, &policy)), bits(&case.apart(&rule)));
        }
        rule.non_finite = NonFinite::Refuse;
        let slopes = case.slopes();
        let mut weights = case.weights.clone();
        let mut list: Vec<&mut [f32]> = weights.iter_mut().map(Vec::as_mut_slice).collect();
        let error = descend(&rule, &slopes, &mut list, &mut w, &policy).unwrap_err();
        assert_eq!(error.argument(), "gradient");
        assert_eq!(weights, case.weights);
    }
}

#[test]
fn wrong_arguments_are_named_and_nothing_is_written() {
    let (mut w, policy) = workspace();
    let (g, mut y, rule) = ([1.0_f64; 4], [7.0_f64; 4], rules().next().unwrap());
    let slope = |gradient, scale| Slope { decay: Decay::Coupled, gradient, scale };
    let mut refused = |rule: Descent, slopes: &[Slope<'_, f64>], argument: &str| {
        let error = descend(&rule, slopes, &mut [&mut y], &mut w, &policy).unwrap_err();
        assert_eq!((error.argument(), y), (argument, [7.0; 4]));
    };
    let sound = [slope(&g[..], None)];
    refused(Descent { threshold: -1.0, ..rule }, &sound, "threshold");
    refused(Descent { learning_rate: f64::NAN, ..rule }, &sound, "learning_rate");
    refused(Descent { lambda: f64::INFINITY, ..rule }, &sound, "lambda");
    refused(rule, &[], "weights");
    refused(rule, &[slope(&g[1..], None)], "weights");
    refused(rule, &[slope(&g[..], Some(&g[1..]))], "scale");
}
