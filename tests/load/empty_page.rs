//! The baseline of a page: the least that Leptos and axum can serve. It goes
//! through the same listener, router and kind of rendering as the program's
//! pages, and there is nothing on it.

use axum::Router;
use leptos::config::LeptosOptions;
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list};
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router as PageRouter, Routes};
use leptos_router::{SsrMode, path};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::fault::Fault;
use crate::listen;

/// What this program is told in order to be that server.
pub const MODE: &str = "--empty-page";

/// Serves it until it is killed, and says where as muster does.
pub fn serve() -> Result<(), Fault> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let options = LeptosOptions::builder().output_name("empty").build();
        let router =
            Router::new().leptos_routes(&options, generate_route_list(Pages), document).with_state(options);
        println!("Listening on http://{}", listener.local_addr()?);
        let (_never, stopping) = watch::channel(false);
        listen::until_stopped(listener, (router, stopping)).await;
        Ok(())
    })
}

fn document() -> impl IntoView {
    provide_meta_context();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <title>"Empty"</title>
                <MetaTags/>
            </head>
            <body><Pages/></body>
        </html>
    }
}

#[component]
fn Pages() -> impl IntoView {
    view! {
        <PageRouter>
            <Routes fallback=|| "Not found">
                <Route path=path!("/") view=Empty ssr=SsrMode::Async/>
            </Routes>
        </PageRouter>
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! { <main><h1>"Empty"</h1></main> }
}
