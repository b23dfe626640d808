//! Lists as one stream over all their pages.

use std::collections::VecDeque;

use futures_util::stream::{BoxStream, StreamExt as _, try_unfold};

use crate::error::Error;

/// One page: its items, and where the next begins.
pub(crate) type Part<T> = (Vec<T>, Option<String>);

enum Next {
    Page(Option<String>),
    End,
}

/// The items of all pages. `page` is called with the cursor of each page when the one before has been read.
pub(crate) fn stream<T, P, F>(first: Option<String>, page: P) -> BoxStream<'static, Result<T, Error>>
where
    T: Send + 'static,
    P: Fn(Option<String>) -> F + Send + 'static,
    F: Future<Output = Result<Part<T>, Error>> + Send + 'static,
{
    try_unfold((page, VecDeque::new(), Next::Page(first)), |(page, mut items, mut next)| async move {
        loop {
            if let Some(item) = items.pop_front() {
                return Ok(Some((item, (page, items, next))));
            }
            let Next::Page(cursor) = next else { return Ok(None) };
            let (found, cursor) = page(cursor).await?;
            items = found.into();
            next = cursor.map_or(Next::End, |cursor| Next::Page(Some(cursor)));
        }
    })
    .boxed()
}
