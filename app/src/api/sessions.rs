//! Signing in again without leaving the page.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::Result;

/// Signs the same person in again whose session ended while a page was open.
#[server(endpoint = "v1/sessions/sign-in-again", prefix = "/api", input = Json)]
pub async fn sign_in_again(email: String, password: String) -> Result<()> {
    use crate::server::*;

    answer(crate::pages::sign_in::sign_in(&site(), &asked(), &session(), &email, &password).await)
}
