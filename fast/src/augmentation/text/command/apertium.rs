//! Apertium's stream format, as its programs exchange it between themselves.
//!
//! Some characters are reserved there; a backslash before one makes it a character like any other.
//! Brackets hold what is not to be translated. Behind a sentence stands an empty pair of them: without
//! any the last word, or the full stop, gets lost on the way. A sentence without an end of its own is
//! read better with one: a full stop is added, and brackets that say so, as Apertium's own reader of
//! plain text does.

/// What has a meaning in the stream.
const RESERVED: &str = "\\[]{}^$/@<>*+#~";

/// Behind a sentence with an end of its own.
const OWN_END: &str = "[]";

/// Behind any other: a full stop that is not the sentence's.
const ADDED_END: &str = ".[.]";

/// What may stand behind the end of a sentence.
const CLOSING: [char; 8] = ['"', '\'', '”', '’', '»', ')', ']', '}'];

/// A sentence for the stream.
pub(super) fn escaped(sentence: &str) -> String {
    let mut stream = String::with_capacity(sentence.len() + ADDED_END.len());
    for character in sentence.chars() {
        if RESERVED.contains(character) {
            stream.push('\\');
        }
        stream.push(character);
    }
    let inner = sentence.trim_end().trim_end_matches(CLOSING);
    let has_end = inner.ends_with(['.', '?', '!', '…']);
    stream.push_str(if has_end { OWN_END } else { ADDED_END });
    stream
}

/// A sentence from the stream: without the added end, backslashes, and brackets.
pub(super) fn unescaped(stream: &str) -> String {
    let own = stream.trim_end();
    let own = own.strip_suffix(ADDED_END).unwrap_or(own);
    let mut sentence = String::with_capacity(own.len());
    let mut characters = own.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => sentence.extend(characters.next()),
            '[' | ']' => {}
            other => sentence.push(other),
        }
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reserved_comes_back() {
        for sentence in
            ["a \\ ^b/c$ [d] {e} <f> @g *h +i #j ~k", "No.", "no stop", "why?", "[.]", ""]
        {
            assert_eq!(unescaped(&escaped(sentence)), sentence);
        }
        assert_eq!(escaped("5 < 6."), "5 \\< 6.[]");
        assert_eq!(escaped("Two dogs"), "Two dogs.[.]");
        assert_eq!(escaped("He said \"no.\""), "He said \"no.\"[]");
        assert_eq!(escaped("It was “late”"), "It was “late”.[.]");
    }

    #[test]
    fn a_backslash_at_the_end_is_no_panic() {
        assert_eq!(unescaped("a\\"), "a");
        assert_eq!(unescaped("casa.[.] "), "casa");
    }
}
