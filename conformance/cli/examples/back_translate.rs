//! More sentences than were written: reviews said in other words, by way of Spanish.
//!
//! ```sh
//! cargo run --release --example back_translate
//! ```
//!
//! The engine is Apertium, a free translator that works by rules (on Debian `apt-get install apertium
//! apertium-eng-spa`). It takes no network and no model, and gives the same answers everywhere. It ends
//! with code 5 where there is no Apertium.

use std::process::ExitCode;

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use evenkeel_fast::augmentation::text::{
    BackTranslated, BackTranslation, CommandTranslator, Pivot, Reason,
};

/// What a review is to be told apart by.
const GOOD: &str = "good";
const BAD: &str = "bad";

/// Reviews with their labels.
const REVIEWS: [(&str, &str); 12] = [
    ("The service was excellent and the price was fair.", GOOD),
    ("The waiter forgot our order twice.", BAD),
    ("Our new neighbours are very kind.", GOOD),
    ("This film is too slow and very boring.", BAD),
    ("The hotel is near the beach and the rooms are quiet.", GOOD),
    ("My phone broke after three days.", BAD),
    ("The staff were friendly and helped us quickly.", GOOD),
    ("We lost our luggage at the airport.", BAD),
    ("I will buy this book again.", GOOD),
    ("The engine makes a strange noise.", BAD),
    ("The teacher explained the problem with patience.", GOOD),
    ("The answer arrived too late.", BAD),
];

/// A line above, and one below the header.
const STYLE: TableStyle = TableStyle::new()
    .top_border(LineStyle::new('─', '─', '─', '─'))
    .header_separator(LineStyle::new('─', '─', '─', '─'));

/// No line is longer.
const WIDTH: u16 = 100;

/// What cannot be run for want of a program.
const COULD_NOT_RUN: u8 = 5;

/// English by way of Spanish, back into British and into American English.
fn by_way_of_spanish() -> BackTranslation<'static> {
    let pivot = |name, back| {
        let forward = CommandTranslator::apertium("eng-spa");
        Pivot::new(name, forward, CommandTranslator::apertium(back))
    };
    BackTranslation::new()
        .pivot(pivot("Spanish", "spa-eng"))
        .pivot(pivot("Spanish, American", "spa-eng_US"))
}

/// Every variant, and what was dropped because it came back as it was.
fn table(made: &BackTranslated<&str>) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header(["label", "English", "Spanish", "augmented English"]);
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    for (sentence, (english, label)) in REVIEWS.into_iter().enumerate() {
        for variant in made.variants.iter().filter(|variant| variant.sentence == sentence) {
            table.add_row([label, english, &variant.pivoted, &variant.text]);
        }
        let all = made.dropped.iter().filter(|dropped| dropped.sentence == sentence);
        for dropped in all.filter(|one| one.reason == Reason::RoundTrip && one.pivot == 0) {
            table.add_row([label, english, &dropped.pivoted, "– (came back as it was)"]);
        }
    }
    table
}

/// What became of every sentence on every way.
fn summary(made: &BackTranslated<&str>, pivots: usize) -> String {
    let [empty, round_trips, length, duplicates] = Reason::ALL.map(|reason| made.count(reason));
    format!(
        "{} sentences, {pivots} pivots: {} new sentences with their labels.\n\
         Dropped: {round_trips} came back as they were, {duplicates} were there already, {length} too \
         short or too long, {empty} empty; {} failed.",
        REVIEWS.len(),
        made.variants.len(),
        made.failures.len(),
    )
}

fn main() -> ExitCode {
    let (sentences, labels): (Vec<_>, Vec<_>) = REVIEWS.into_iter().unzip();
    let mut pivots = by_way_of_spanish();
    let made = match pivots.back_translate(&sentences, &labels) {
        Ok(made) => made,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    if let Some(failure) = made.failures.first() {
        eprintln!("{failure}");
        if made.variants.is_empty() {
            eprintln!(
                "Apertium with English and Spanish is needed: apt-get install apertium apertium-eng-spa"
            );
            let is_missing = failure.error.is_missing_program();
            return if is_missing { ExitCode::from(COULD_NOT_RUN) } else { ExitCode::FAILURE };
        }
    }
    println!("{}\n\n{}", table(&made).trim_fmt(), summary(&made, pivots.pivots().count()));
    ExitCode::SUCCESS
}
