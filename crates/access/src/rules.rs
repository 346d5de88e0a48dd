//! The table of routes: who may use which. What is not in it, nobody may.

use std::collections::HashMap;

use axum::http::Method;
use domain::Permission;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Anybody: nobody is asked who they are.
    Nothing,
    /// Whoever has come in, by whatever means.
    Caller,
    /// Whoever has signed in: what only they themselves should do, and no key that they have given away.
    Person,
    /// Whoever has this permission.
    Permission(Permission),
}

/// A route, and who may use it.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its method.
    pub method: &'static str,
    /// Its path, as the router has it.
    pub path: &'static str,
    /// Who may use it.
    pub demand: Demand,
    /// Whether it heeds the caller's warehouses. Whoever is limited to some may use no other route.
    pub heeds_warehouses: bool,
}

/// The table, by path.
#[derive(Debug)]
pub(crate) struct Rules(HashMap<&'static str, Vec<(Method, Rule)>>);

impl Rules {
    /// # Panics
    /// If a method is none, or a route stands there twice.
    pub(crate) fn new(rules: &[Rule]) -> Self {
        let mut by_path: HashMap<_, Vec<(Method, Rule)>> = HashMap::new();
        for rule in rules {
            let Rule { method, path, .. } = rule;
            let method =
                Method::from_bytes(method.as_bytes()).unwrap_or_else(|error| panic!("{method}: {error}"));
            let known = by_path.entry(*path).or_default();
            assert!(known.iter().all(|(other, _)| *other != method), "{method} {path} is in the table twice");
            known.push((method, *rule));
        }
        Self(by_path)
    }

    /// Who may use a route, or the methods that its path takes; `None`: the path is not in the table.
    pub(crate) fn find(&self, path: &str, method: &Method) -> Option<Result<Rule, String>> {
        let known = self.0.get(path)?;
        let asked = if *method == Method::HEAD { &Method::GET } else { method };
        let found = known.iter().find(|(method, _)| method == asked).map(|(_, rule)| *rule);
        Some(found.ok_or_else(|| allowed(known)))
    }

    /// The methods that a path takes; `None`: it is not in the table.
    pub(crate) fn methods(&self, path: &str) -> Option<String> {
        self.0.get(path).map(|known| allowed(known))
    }
}

/// As the header Allow has it.
fn allowed(known: &[(Method, Rule)]) -> String {
    let mut names: Vec<&str> = known.iter().map(|(method, _)| method.as_str()).collect();
    if names.contains(&"GET") {
        names.push("HEAD");
    }
    names.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_table_is_not_found_there() {
        let rule = |method, path, demand| Rule { method, path, demand, heeds_warehouses: true };
        let rules = Rules::new(&[
            rule("GET", "/things", Demand::Caller),
            rule("POST", "/things", Demand::Permission(Permission::MoveStock)),
        ]);
        let find = |path, method| rules.find(path, &method).map(|found| found.map(|rule| rule.demand));
        assert_eq!(find("/things", Method::HEAD), Some(Ok(Demand::Caller)));
        assert_eq!(find("/things", Method::POST), Some(Ok(Demand::Permission(Permission::MoveStock))));
        assert_eq!(find("/things", Method::DELETE), Some(Err("GET,POST,HEAD".to_owned())));
        assert_eq!(find("/things/{id}", Method::GET), None);
    }
}
