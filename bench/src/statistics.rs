//! Order statistics of a handful of figures.

/// The smallest figure that at least `percent` of them do not exceed; 0 of none.
pub(crate) fn percentile(figures: &mut [f64], percent: usize) -> f64 {
    figures.sort_by(f64::total_cmp);
    let rank = (figures.len() * percent).div_ceil(100).max(1);
    figures.get(rank - 1).copied().unwrap_or_default()
}

/// The middle of `figures`; of an even number, the mean of the two in the middle; 0 of none.
pub(crate) fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = figures.collect();
    sorted.sort_by(f64::total_cmp);
    let upper = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    let lower = sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or_default();
    f64::midpoint(lower, upper)
}

/// How far the figures lie apart, as a share of their median; 0 of none.
pub(crate) fn spread(figures: impl Iterator<Item = f64>) -> f64 {
    let figures: Vec<f64> = figures.collect();
    let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
    let most = figures.iter().copied().fold(0.0, f64::max);
    let middle = median(figures.into_iter());
    if middle > 0.0 { (most - least) / middle } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_percentiles_and_spreads() {
        assert!((median([3.0, 1.0, 2.0].into_iter()) - 2.0).abs() < f64::EPSILON);
        assert!((median([4.0, 1.0].into_iter()) - 2.5).abs() < f64::EPSILON);
        assert!(median(std::iter::empty()).abs() < f64::EPSILON);
        assert!((spread([8.0, 10.0, 13.0].into_iter()) - 0.5).abs() < f64::EPSILON);
        assert!(spread(std::iter::empty()).abs() < f64::EPSILON);
        let mut hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert!((percentile(&mut hundred, 50) - 50.0).abs() < f64::EPSILON);
        assert!((percentile(&mut hundred, 99) - 99.0).abs() < f64::EPSILON);
    }
}
