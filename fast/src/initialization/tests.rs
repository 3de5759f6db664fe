//! The note's formulas by hand, fans of grouped convolutions, and what is refused.

use super::*;

const XAVIER: Scheme = Scheme::Xavier { gain: 1.0 };
const STREAM: Stream = Stream { seed: 3, number: 1, step: 4 };

fn dense(inputs: usize, outputs: usize) -> Layer {
    Layer::Dense { inputs, outputs }
}

fn of(scheme: Scheme, family: Family) -> f64 {
    spread(Plan { layer: dense(2, 4), scheme, family }).expect("a valid plan")
}

/// Exact, or a root of a small fraction: fans 2 and 4.
#[test]
fn the_four_formulas() {
    let he = |fan, slope| Scheme::He { fan, slope };
    assert_eq!(of(XAVIER, Family::Uniform), 1.0);
    assert_eq!(of(XAVIER, Family::Normal), (1.0_f64 / 3.0).sqrt());
    assert_eq!(of(Scheme::Xavier { gain: 2.0 }, Family::Uniform), 2.0);
    assert_eq!(of(he(Fan::In, 0.0), Family::Uniform), 3.0_f64.sqrt());
    assert_eq!(of(he(Fan::In, 0.0), Family::Normal), 1.0);
    assert_eq!(of(he(Fan::Out, 1.0), Family::Normal), 0.5);
    assert_eq!(of(he(Fan::In, 0.0), Family::TruncatedNormal), 1.0 / TRUNCATED_DEVIATION);
}

#[test]
fn a_unit_of_a_grouped_convolution_sees_its_group() {
    let layer = Layer::Convolution { inputs: 6, outputs: 9, kernel: 25, groups: 3 };
    assert_eq!(fans(layer), Ok([50, 75]));
    assert_eq!(fans::weights(layer), Ok(450));
}

#[test]
fn weights_are_those_of_the_stream() {
    let (mut w, policy) = (Workspace::new(), Policy::default());
    let plan = Plan { layer: dense(20, 10), scheme: XAVIER, family: Family::Uniform };
    let (mut weights_of, mut drawn) = ([0.0_f32; 200], [0.0_f32; 200]);
    weights(plan, STREAM, &mut weights_of, &mut w, &policy).unwrap();
    random::uniform(STREAM, 0, spread(plan).unwrap(), &mut drawn, &mut w, &policy).unwrap();
    assert_eq!(weights_of, drawn);
    // A draw of 1 gives no more than the bound, which f32 cannot hold.
    weights_given(plan, &[1.0; 200], &mut drawn, &mut w, &policy).unwrap();
    assert!(drawn.iter().all(|w| f64::from(*w) <= spread(plan).unwrap()));
}

#[test]
fn refusals_name_the_argument_and_write_nothing() {
    let (mut workspace, policy) = (Workspace::new(), Policy::default());
    let mut w = [7.0_f64; 6];
    let convolution =
        |inputs, outputs, kernel, groups| Layer::Convolution { inputs, outputs, kernel, groups };
    for (layer, scheme, argument) in [
        (dense(0, 6), XAVIER, "inputs"),
        (dense(6, 0), XAVIER, "outputs"),
        (convolution(1, 6, 0, 1), XAVIER, "kernel"),
        (convolution(3, 6, 1, 2), XAVIER, "groups"),
        (dense(usize::MAX, 2), XAVIER, "shape"),
        (dense(2, 3), Scheme::Xavier { gain: 0.0 }, "gain"),
        (dense(2, 3), Scheme::He { fan: Fan::In, slope: f64::NAN }, "slope"),
        (dense(2, 4), XAVIER, "w"),
    ] {
        let plan = Plan { layer, scheme, family: Family::Normal };
        let result = weights(plan, STREAM, &mut w, &mut workspace, &policy);
        assert_eq!(result.unwrap_err().argument(), argument);
    }
    let plan = Plan { layer: dense(2, 3), scheme: XAVIER, family: Family::Normal };
    let result = weights_given(plan, &[0.5; 5], &mut w, &mut workspace, &policy);
    assert_eq!(result.unwrap_err().argument(), "draws");
    assert_eq!(w, [7.0; 6]);
}
