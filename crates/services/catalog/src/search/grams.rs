//! Texts cut into pieces of a few signs, overlapping, so that any part of a text can be found.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Cuts out every run of so many signs. A piece's position is that of its first sign.
#[derive(Clone, Debug)]
pub(super) struct Grams {
    /// The shortest piece.
    pub(super) from: usize,
    /// The longest piece.
    pub(super) to: usize,
}

/// The pieces of one text, one after the other.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    text: &'a str,
    grams: Grams,
    /// Where each sign begins, and where the last one ends.
    borders: Vec<usize>,
    /// The next piece: its first sign and its length.
    next: (usize, usize),
    token: Token,
}

impl Tokenizer for Grams {
    type TokenStream<'a> = Pieces<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Pieces<'a> {
        let borders = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        Pieces { text, grams: self.clone(), borders, next: (0, self.from), token: Token::default() }
    }
}

impl TokenStream for Pieces<'_> {
    fn advance(&mut self) -> bool {
        let (mut at, mut length) = self.next;
        if length > self.grams.to || at + length >= self.borders.len() {
            (at, length) = (at + 1, self.grams.from);
        }
        let (Some(&from), Some(&to)) = (self.borders.get(at), self.borders.get(at + length)) else {
            return false;
        };
        self.next = (at, length + 1);
        self.token.position = at;
        (self.token.offset_from, self.token.offset_to) = (from, to);
        self.token.text.clear();
        self.token.text.push_str(&self.text[from..to]);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(from: usize, to: usize, text: &str) -> Vec<(usize, String)> {
        let mut grams = Grams { from, to };
        let mut stream = grams.token_stream(text);
        let mut pieces = Vec::new();
        while let Some(token) = stream.next() {
            pieces.push((token.position, token.text.clone()));
        }
        pieces
    }

    #[test]
    fn every_run_of_signs_is_a_piece_at_its_place() {
        let expected = [(0, "デ"), (0, "デー"), (1, "ー"), (1, "ータ"), (2, "タ")];
        assert_eq!(pieces(1, 2, "データ"), expected.map(|(at, piece)| (at, piece.to_owned())));
        let expected = [(0, "abc"), (1, "bcデ")];
        assert_eq!(pieces(3, 3, "abcデ"), expected.map(|(at, piece)| (at, piece.to_owned())));
        assert_eq!(pieces(3, 3, "ab"), []);
        assert_eq!(pieces(1, 2, ""), []);
    }
}
