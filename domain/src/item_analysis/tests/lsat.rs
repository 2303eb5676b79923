//! Section 6 of the Law School Admission Test, 1000 people × 5 questions, as
//! published: R. D. Bock and M. Lieberman, "Fitting a response model for n
//! dichotomously scored items", Psychometrika 35 (1970).

use super::{complete, figures, is};

/// How many people gave each pattern of right (1) and wrong answers.
const PATTERNS: [(&str, usize); 32] = [
    ("00000", 3),
    ("00001", 6),
    ("00010", 2),
    ("00011", 11),
    ("00100", 1),
    ("00101", 1),
    ("00110", 3),
    ("00111", 4),
    ("01000", 1),
    ("01001", 8),
    ("01010", 0),
    ("01011", 16),
    ("01100", 0),
    ("01101", 3),
    ("01110", 2),
    ("01111", 15),
    ("10000", 10),
    ("10001", 29),
    ("10010", 14),
    ("10011", 81),
    ("10100", 3),
    ("10101", 28),
    ("10110", 15),
    ("10111", 80),
    ("11000", 16),
    ("11001", 56),
    ("11010", 21),
    ("11011", 173),
    ("11100", 11),
    ("11101", 61),
    ("11110", 28),
    ("11111", 298),
];

/// For each question its facility, discrimination, efficiency and effective
/// weight, computed with whole fractions and roots of sixty digits.
const EXPECTED: [(f64, f64, f64, f64); 5] = [
    (0.924, 0.112_832_688_922_341_7, 0.184_817_220_736_211_9, 0.138_830_939_442_265_8),
    (0.709, 0.153_178_120_116_529_5, 0.200_026_665_777_807_4, 0.227_427_701_214_037_4),
    (0.553, 0.172_778_943_291_090_4, 0.218_899_543_689_140_5, 0.248_548_524_013_589_2),
    (0.763, 0.144_428_095_247_093_6, 0.177_201_964_267_056_7, 0.213_679_676_681_439_3),
    (0.870, 0.121_596_402_547_096_4, 0.187_747_712_482_262_5, 0.171_513_158_648_668_1),
];

#[test]
fn the_law_school_admission_test_has_its_published_alpha_and_facilities() {
    let rows: Vec<Vec<i64>> = PATTERNS
        .iter()
        .flat_map(|(pattern, n)| {
            let row: Vec<i64> = pattern.bytes().map(|answer| i64::from(answer == b'1')).collect();
            vec![row; *n]
        })
        .collect();
    let rows: Vec<&[i64]> = rows.iter().map(Vec::as_slice).collect();
    assert_eq!(rows.len(), 1000);

    let (questions, test) = figures(&complete(&[1; 5], &rows));

    for (question, (facility, discrimination, efficiency, effective)) in questions.iter().zip(EXPECTED) {
        assert_eq!((question.n, question.intended_weight), (1000, Some(0.2)));
        is(question.facility, facility);
        is(question.sd, (facility * (1.0 - facility) * 1000.0 / 999.0).sqrt());
        is(question.discrimination, discrimination);
        is(question.discriminative_efficiency, efficiency);
        is(question.effective_weight, effective);
    }
    assert_eq!(format!("{:.3}", test.alpha.unwrap()), "0.295");
    is(test.alpha, 0.294_997_192_215_944_2);
    is(test.mean, 0.7638);
    is(test.median, 0.8);
    is(test.sd, 0.207_008_242_377_960_4);
    is(test.skewness, -0.691_010_876_142_008);
    is(test.kurtosis, 0.078_178_546_393_800_5);
    is(test.error_ratio, 0.839_644_453_196_741_9);
    is(test.sem, 0.173_813_322_478_661_2);
}
