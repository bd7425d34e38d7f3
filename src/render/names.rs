//! The names that a rendered module defines, so that none is defined twice.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

/// `names(['reserved', …])`: a list that knows what is in it.
///
/// `add(name)` tells whether the name is new, and takes it; the list itself is
/// what was added, in that order, without the reserved names.
#[derive(Debug)]
pub(super) struct Names {
    taken: Mutex<(HashSet<String>, Vec<String>)>,
}

impl Names {
    /// What the function `names` gives.
    pub(super) fn function(reserved: Option<Vec<String>>) -> Value {
        let reserved = reserved.unwrap_or_default().into_iter().collect();
        Value::from_object(Self { taken: Mutex::new((reserved, Vec::new())) })
    }

    fn add(&self, name: &str) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, added) = &mut *taken;
        let is_new = all.insert(name.to_owned());
        if is_new {
            added.push(name.to_owned());
        }
        is_new
    }
}

impl Object for Names {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        Enumerator::Values(taken.1.iter().map(Value::from).collect())
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        if method != "add" {
            return Err(Error::from(ErrorKind::UnknownMethod));
        }
        let (name,): (&str,) = minijinja::value::from_args(args)?;
        Ok(Value::from(self.add(name)))
    }
}
