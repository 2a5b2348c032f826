use chrono::{DateTime, NaiveDate, Utc};

use crate::check::quoted;
use crate::lexer::{Token, tokens};
use crate::limits::Budget;
use crate::{
    Arithmetic, ArrayRelation, Comparison, Expression, Limits, Literal, SpatialRelation,
    SyntaxError, TemporalRelation,
};

/// Reads a filter in the text encoding (OGC 21-065r2, clause 8.2 and Annex B).
///
/// # Errors
/// Where the text leaves the grammar or exceeds a limit, with the character (from 0) it does so at.
///
/// ```
/// use cql2::{Limits, parse_text};
/// let error = parse_text("area > ", &Limits::default()).unwrap_err();
/// assert_eq!(error.to_string(), "at 7: a value is missing");
/// ```
pub fn parse_text(text: &str, limits: &Limits) -> Result<Expression, SyntaxError> {
    if text.len() > limits.length_bytes {
        let most = limits.length_bytes;
        return Err(SyntaxError::new(0, format!("longer than {most} bytes; shorten the filter")));
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, budget: Budget::new(limits) };
    let expression = parser.either()?;
    if *parser.peek() != Token::End {
        return Err(parser.error("an operator or the end of the filter is expected here"));
    }
    parser.budget.within_depth(expression.depth()).map_err(|reason| SyntaxError::new(0, reason))?;
    Ok(expression)
}

pub(crate) type Parsed<T = Expression> = Result<T, SyntaxError>;

/// Recursive descent over the words; a method per level of precedence, loosest first.
#[derive(Debug)]
pub(crate) struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    pub(crate) budget: Budget,
}

impl Parser {
    pub(crate) fn peek(&self) -> &Token {
        &self.tokens[self.next].1
    }

    fn peek_second(&self) -> &Token {
        self.tokens.get(self.next + 1).map_or(&Token::End, |(_, token)| token)
    }

    pub(crate) fn advance(&mut self) {
        self.next = (self.next + 1).min(self.tokens.len() - 1);
    }

    pub(crate) fn error(&self, reason: impl Into<String>) -> SyntaxError {
        SyntaxError::new(self.tokens[self.next].0, reason)
    }

    pub(crate) fn spend(&self, result: Result<(), String>) -> Parsed<()> {
        result.map_err(|reason| self.error(reason))
    }

    pub(crate) fn take(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Token::Symbol(found) if *found == symbol);
        if found {
            self.advance();
        }
        found
    }

    pub(crate) fn expect(&mut self, symbol: &str) -> Parsed<()> {
        if self.take(symbol) { Ok(()) } else { Err(self.error(format!("{symbol:?} is expected"))) }
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Name(name) if name.eq_ignore_ascii_case(word))
    }

    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.take_word(word) { Ok(()) } else { Err(self.error(format!("{word} is expected"))) }
    }

    fn either(&mut self) -> Parsed {
        let first = self.both()?;
        if !self.is_word("or") {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.take_word("or") {
            parts.push(self.both()?);
        }
        Ok(Expression::Or(parts))
    }

    fn both(&mut self) -> Parsed {
        let first = self.negation()?;
        if !self.is_word("and") {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.take_word("and") {
            parts.push(self.negation()?);
        }
        Ok(Expression::And(parts))
    }

    fn negation(&mut self) -> Parsed {
        self.spend_node()?;
        if !self.take_word("not") {
            return self.predicate();
        }
        let entered = self.budget.enter();
        self.spend(entered)?;
        let inner = self.negation()?;
        self.budget.leave();
        Ok(Expression::Not(Box::new(inner)))
    }

    fn spend_node(&mut self) -> Parsed<()> {
        let spent = self.budget.node();
        self.spend(spent)
    }

    fn predicate(&mut self) -> Parsed {
        let left = self.sum()?;
        let comparison = match self.peek() {
            Token::Symbol(symbol) => Comparison::from_name(symbol),
            _ => None,
        };
        if let Some(op) = comparison {
            self.advance();
            return Ok(Expression::compare(op, left, self.sum()?));
        }
        if self.take_word("is") {
            let not = self.take_word("not");
            self.expect_word("NULL")?;
            return Ok(negated(not, Expression::IsNull(Box::new(left))));
        }
        let not = self.take_word("not");
        if self.take_word("like") {
            return Ok(negated(not, Expression::Like(Box::new([left, self.sum()?]))));
        }
        if self.take_word("between") {
            let least = self.sum()?;
            self.expect_word("AND")?;
            return Ok(negated(not, Expression::Between(Box::new([left, least, self.sum()?]))));
        }
        if self.take_word("in") {
            self.expect("(")?;
            let list = self.arguments(Self::sum)?;
            if list.is_empty() {
                return Err(self.error("the list of IN is empty; name at least one value"));
            }
            return Ok(negated(not, Expression::In(Box::new(left), list)));
        }
        if not { Err(self.error("LIKE, BETWEEN or IN is expected behind NOT")) } else { Ok(left) }
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        while let Some(op) = self.operator(&["+", "-"]) {
            self.spend_node()?;
            left = Expression::Arithmetic(op, Box::new([left, self.product()?]));
        }
        Ok(left)
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.power()?;
        while let Some(op) = self.operator(&["*", "/", "%", "div"]) {
            self.spend_node()?;
            left = Expression::Arithmetic(op, Box::new([left, self.power()?]));
        }
        Ok(left)
    }

    fn power(&mut self) -> Parsed {
        let base = self.signed()?;
        if !self.take("^") {
            return Ok(base);
        }
        Ok(Expression::Arithmetic(Arithmetic::Power, Box::new([base, self.signed()?])))
    }

    fn operator(&mut self, among: &[&str]) -> Option<Arithmetic> {
        let name = match self.peek() {
            Token::Symbol(symbol) => (*symbol).to_owned(),
            Token::Name(name) => name.to_ascii_lowercase(),
            _ => return None,
        };
        let op = Arithmetic::from_name(&name).filter(|_| among.contains(&name.as_str()))?;
        self.advance();
        Some(op)
    }

    fn signed(&mut self) -> Parsed {
        if self.take("-") {
            if let Token::Number(_) = self.peek() {
                return self.number("-");
            }
            let operand = self.primary()?;
            let minus = Expression::Literal(Literal::Integer(-1));
            return Ok(Expression::Arithmetic(Arithmetic::Multiply, Box::new([minus, operand])));
        }
        if self.take("+") {
            return self.number("");
        }
        self.primary()
    }

    fn number(&mut self, sign: &str) -> Parsed {
        let Token::Number(digits) = self.peek() else {
            return Err(self.error("a number is expected behind the sign"));
        };
        let written = format!("{sign}{digits}");
        let literal = match written.parse() {
            Ok(integer) => Literal::Integer(integer),
            Err(_) => Literal::Number(self.finite(&written)?),
        };
        self.advance();
        Ok(Expression::Literal(literal))
    }

    /// A number as WKT and BBOX have it: signed, as floating point.
    pub(crate) fn coordinate(&mut self) -> Parsed<f64> {
        let sign = if self.take("-") { "-" } else { "" };
        if sign.is_empty() {
            self.take("+");
        }
        let Token::Number(digits) = self.peek() else {
            return Err(self.error("a number is expected"));
        };
        let value = self.finite(&format!("{sign}{digits}"))?;
        self.advance();
        Ok(value)
    }

    fn finite(&self, written: &str) -> Parsed<f64> {
        let value = written.parse::<f64>().ok().filter(|value| value.is_finite());
        value.ok_or_else(|| self.error(format!("the number {written} is too large")))
    }

    fn primary(&mut self) -> Parsed {
        self.spend_node()?;
        match self.peek().clone() {
            Token::Number(_) => self.number(""),
            Token::Text(text) => {
                self.advance();
                Ok(Expression::text(text))
            }
            Token::Quoted(name) => {
                self.advance();
                Ok(Expression::Property(name))
            }
            Token::Symbol("(") => self.bracket(),
            Token::Name(name) => self.named(name),
            Token::End => Err(self.error("a value is missing")),
            Token::Symbol(symbol) => {
                Err(self.error(format!("a value is expected before {symbol:?}")))
            }
        }
    }

    fn bracket(&mut self) -> Parsed {
        let entered = self.budget.enter();
        self.spend(entered)?;
        self.expect("(")?;
        if self.take(")") {
            self.budget.leave();
            return Ok(Expression::List(Vec::new()));
        }
        let first = self.either()?;
        let inner = if self.take(",") {
            let mut list = vec![first];
            list.extend(self.arguments(Self::element)?);
            Expression::List(list)
        } else {
            self.expect(")")?;
            first
        };
        self.budget.leave();
        Ok(inner)
    }

    fn named(&mut self, name: String) -> Parsed {
        let word = name.to_ascii_lowercase();
        let opens = *self.peek_second() == Token::Symbol("(");
        match word.as_str() {
            "true" | "false" => {
                self.advance();
                return Ok(Expression::Literal(Literal::Boolean(word == "true")));
            }
            "and" | "or" | "not" | "like" | "between" | "in" | "is" | "null" | "div" => {
                let hint = format!("{name} is a keyword; write \"{name}\" for a property");
                return Err(self.error(format!("a value is expected ({hint})")));
            }
            _ => {}
        }
        let dimension = matches!(self.peek_second(), Token::Name(z) if z.eq_ignore_ascii_case("z"));
        if (opens || dimension)
            && let Some(literal) = self.spatial_literal(&word)?
        {
            return Ok(Expression::Literal(literal));
        }
        self.advance();
        if !opens {
            return Ok(Expression::Property(name));
        }
        self.advance();
        let entered = self.budget.enter();
        self.spend(entered)?;
        let call = self.call(name, &word)?;
        self.budget.leave();
        Ok(call)
    }

    /// What stands behind `name(`.
    fn call(&mut self, name: String, word: &str) -> Parsed {
        match word {
            "date" | "timestamp" => return self.instant(word),
            "interval" => return self.interval(),
            "casei" => return Ok(Expression::CaseInsensitive(Box::new(self.only_argument()?))),
            "accenti" => return Ok(Expression::AccentInsensitive(Box::new(self.only_argument()?))),
            _ => {}
        }
        if let Some(relation) = SpatialRelation::from_name(word) {
            return Ok(Expression::Spatial(relation, Box::new(self.two(Self::sum)?)));
        }
        if let Some(relation) = TemporalRelation::from_name(word) {
            return Ok(Expression::Temporal(relation, Box::new(self.two(Self::sum)?)));
        }
        if let Some(relation) = ArrayRelation::from_name(word) {
            return Ok(Expression::Array(relation, Box::new(self.two(Self::element)?)));
        }
        Ok(Expression::Call(name, self.arguments(Self::either)?))
    }

    fn only_argument(&mut self) -> Parsed {
        let argument = self.sum()?;
        self.expect(")")?;
        Ok(argument)
    }

    fn two(&mut self, argument: fn(&mut Self) -> Parsed) -> Parsed<[Expression; 2]> {
        let first = argument(self)?;
        self.expect(",")?;
        let second = argument(self)?;
        self.expect(")")?;
        Ok([first, second])
    }

    /// Arguments up to and with the closing bracket.
    fn arguments(&mut self, argument: fn(&mut Self) -> Parsed) -> Parsed<Vec<Expression>> {
        let mut list = Vec::new();
        if self.take(")") {
            return Ok(list);
        }
        loop {
            list.push(argument(self)?);
            if self.take(")") {
                return Ok(list);
            }
            self.expect(",")?;
        }
    }

    /// An operand or element of an array: brackets make an array where an array can stand, so that
    /// `('x')` is one of a single element.
    fn element(&mut self) -> Parsed {
        let (start, depth) = (self.next, self.budget.depth);
        if *self.peek() == Token::Symbol("(") {
            let entered = self.budget.enter();
            self.spend(entered)?;
            self.advance();
            let list = self.arguments(Self::element);
            self.budget.depth = depth;
            if let (Ok(list), Token::Symbol("," | ")")) = (list, self.peek()) {
                return Ok(Expression::List(list));
            }
            self.next = start;
        }
        self.either()
    }

    fn instant(&mut self, word: &str) -> Parsed {
        let Token::Text(text) = self.peek().clone() else {
            return Err(self.error(format!("a text is expected in {word}('…')")));
        };
        let literal = if word == "date" {
            date(&text).map(Literal::Date)
        } else {
            timestamp(&text).map(Literal::Timestamp)
        };
        let Some(literal) = literal else {
            let form = if word == "date" { "2026-11-26" } else { "2026-11-26T07:00:00Z" };
            return Err(
                self.error(format!("{} is no {word}; write it like '{form}'", quoted(&text)))
            );
        };
        self.advance();
        self.expect(")")?;
        Ok(Expression::Literal(literal))
    }

    fn interval(&mut self) -> Parsed {
        let ends = self.two(Self::interval_end)?;
        Ok(Expression::Interval(Box::new(ends)))
    }

    fn interval_end(&mut self) -> Parsed {
        let Token::Text(text) = self.peek().clone() else {
            return self.primary();
        };
        let Some(end) = interval_end(&text) else {
            return Err(self.error(format!(
                "{} is no end of an interval; write a date, a timestamp or '..'",
                quoted(&text)
            )));
        };
        self.advance();
        Ok(Expression::Literal(end))
    }
}

fn negated(not: bool, expression: Expression) -> Expression {
    if not { Expression::Not(Box::new(expression)) } else { expression }
}

/// The rule `fullDate`.
pub(crate) fn date(text: &str) -> Option<NaiveDate> {
    let digits = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    digits.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

/// The rule `fullDate "T" utcTime`: always with Z.
pub(crate) fn timestamp(text: &str) -> Option<DateTime<Utc>> {
    let utc = text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    utc.then(|| DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())).flatten()
}

/// A date, a timestamp or `..`.
pub(crate) fn interval_end(text: &str) -> Option<Literal> {
    if text == ".." {
        return Some(Literal::Open);
    }
    date(text).map(Literal::Date).or_else(|| timestamp(text).map(Literal::Timestamp))
}
