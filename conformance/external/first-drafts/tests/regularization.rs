use evenkeel_conformance::Refusal;
use evenkeel_conformance::regularization::{
    Parameter, Penalty, Regularization, Role, Step, check_gradient, check_lambda, check_proximal,
};
use first_drafts::regularization as draft;

struct Mine;

impl Regularization<f64> for Mine {
    fn l1(&self, lambda: f64, w: &[f64]) -> Result<f64, Refusal> {
        check_lambda(lambda)?;
        Ok(draft::l1(lambda, w))
    }

    fn l2(&self, lambda: f64, w: &[f64]) -> Result<f64, Refusal> {
        check_lambda(lambda)?;
        Ok(draft::l2(lambda, w))
    }

    fn l1_gradient(&self, lambda: f64, w: &[f64], gradient: &mut [f64]) -> Result<(), Refusal> {
        check_gradient(lambda, w, gradient)?;
        (0..w.len()).for_each(|i| gradient[i] = draft::l1_gradient(lambda, w[i]));
        Ok(())
    }

    fn l2_gradient(&self, lambda: f64, w: &[f64], gradient: &mut [f64]) -> Result<(), Refusal> {
        check_gradient(lambda, w, gradient)?;
        (0..w.len()).for_each(|i| gradient[i] = draft::l2_gradient(lambda, w[i]));
        Ok(())
    }

    fn l1_proximal(&self, threshold: f64, w: &[f64], result: &mut [f64]) -> Result<(), Refusal> {
        check_proximal(threshold, w, result)?;
        (0..w.len()).for_each(|i| result[i] = draft::soft_threshold(threshold, w[i]));
        Ok(())
    }

    fn penalized_step(&self, input: &Step<'_, f64>, result: &mut [f64]) -> Result<(), Refusal> {
        step(draft::penalized_step, input, result)
    }

    fn decayed_step(&self, input: &Step<'_, f64>, result: &mut [f64]) -> Result<(), Refusal> {
        step(draft::decayed_step, input, result)
    }

    fn network_penalty(
        &self,
        penalty: Penalty,
        lambda: f64,
        parameters: &[Parameter<'_, f64>],
    ) -> Result<f64, Refusal> {
        check_lambda(lambda)?;
        let one = if penalty == Penalty::L1 { draft::l1 } else { draft::l2 };
        let weights = parameters.iter().filter(|parameter| parameter.role == Role::Weight);
        Ok(weights.fold(0.0, |sum, weights| sum + one(lambda, weights.values)))
    }
}

fn step(
    one: fn(f64, f64, [f64; 3]) -> f64,
    input: &Step<'_, f64>,
    result: &mut [f64],
) -> Result<(), Refusal> {
    input.check(result)?;
    let Step { learning_rate, lambda, scale, gradient, w } = *input;
    for i in 0..w.len() {
        result[i] = one(learning_rate, lambda, [scale[i], gradient[i], w[i]]);
    }
    Ok(())
}

evenkeel_conformance::regularization_suite!(Mine, f64);
