use evenkeel_conformance::Refusal;
use evenkeel_conformance::clipping::{Clipping, Gradient, Gradients, NonFinite};
use first_drafts::clipping::{clip_by_norm, clip_by_value, norm};

struct Mine;

/// NaN and infinities are errors; the other policies are not there.
fn offered(non_finite: NonFinite) -> Result<(), Refusal> {
    if non_finite == NonFinite::Refuse { Ok(()) } else { Err(Refusal::NotOffered) }
}

impl Clipping<f64> for Mine {
    fn by_value(&self, input: &Gradient<'_, f64>, result: &mut [f64]) -> Result<(), Refusal> {
        offered(input.non_finite)?;
        input.check(result)?;
        clip_by_value(input.gradient, input.threshold, result);
        Ok(())
    }

    fn norm(&self, tensors: &[&[f64]]) -> Result<f64, Refusal> {
        Ok(norm(tensors))
    }

    fn by_norm(&self, input: &Gradient<'_, f64>, result: &mut [f64]) -> Result<f64, Refusal> {
        offered(input.non_finite)?;
        input.check(result)?;
        Ok(clip_by_norm(&[input.gradient], input.threshold, &mut [result]))
    }

    fn by_global_norm(
        &self,
        input: &Gradients<'_, f64>,
        results: &mut [&mut [f64]],
    ) -> Result<f64, Refusal> {
        offered(input.non_finite)?;
        input.check(results)?;
        Ok(clip_by_norm(input.tensors, input.threshold, results))
    }
}

evenkeel_conformance::clipping_suite!(Mine, f64, without: [
    norm_in_parts = "one machine",
    propagate = "NaN is an error here",
    zero = "NaN is an error here",
]);
